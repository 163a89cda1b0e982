/** Where and on what the figures were made: without that they mean nothing. */
import { execFileSync } from 'node:child_process';
import { arch, cpus, platform } from 'node:os';
import { BUILD } from '../src/app/build.js';

export interface Machine {
  readonly build: string;
  /** Short, or null outside a repository. */
  readonly commit: string | null;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly date: string;
}

export const machine = (): Machine => ({
  build: BUILD,
  commit: commit(),
  node: process.version,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  system: `${platform()} ${arch()}`,
  date: new Date().toISOString(),
});

const commit = (): string | null => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // No git, or no repository: the version has to do.
    return null;
  }
};

export const machineLine = (m: Machine): string =>
  `${m.build}${m.commit === null ? '' : ` (${m.commit})`}, Node ${m.node}, ${m.cores} x ${m.cpu}, ${m.system}, ${m.date}`;
