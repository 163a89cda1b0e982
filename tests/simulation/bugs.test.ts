/** The tests can see: every planted bug is found, from the shortest run that is known to find it on, and the same run without it breaks nothing. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUGS } from './bugs/bugs.js';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILT = join(ROOT, 'build', 'tests', 'simulation');
const PATIENCE_MS = 300_000;
const WIDTH = Math.min(2, availableParallelism());

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Processes that run at a time; whoever comes later waits. */
class Few {
  readonly #waiting: (() => void)[] = [];
  #free = WIDTH;

  async run(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      return await new Promise((resolve) => {
        execFile(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...variables } }, (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
        );
      });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

describe('planted bugs', { timeout: PATIENCE_MS }, () => {
  const few = new Few();
  const found = new Map<string, Promise<Ended>>();
  let clean: Promise<readonly Ended[]>;

  beforeAll(() => {
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const built = spawnSync(process.execPath, [compiler, '-p', 'tests/simulation'], { cwd: ROOT, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stdout + built.stderr);
    const register = join(BUILT, 'bugs', 'register.js');
    const main = join(BUILT, 'main.js');
    clean = Promise.all(Array.from({ length: WIDTH }, (_, i) => few.run([join(BUILT, 'bugs', 'clean.js'), String(i), String(WIDTH)])));
    // The known run comes first. Any change of the program moves what happens in it, so the search may go on in others of the same kind.
    for (const { name } of BUGS)
      found.set(name, few.run(['--import', register, main, '--bug', name, '--seeds', '60', '--json'], { KMM_PLANTED_BUG: name }));
  }, PATIENCE_MS);

  it('are many, each with its module and one sentence', () => {
    expect(BUGS.length).toBeGreaterThanOrEqual(26);
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
    expect(new Set(BUGS.map(({ what }) => what)).size).toBe(BUGS.length);
    const files = BUGS.flatMap(({ name, replaces }) => [join(import.meta.dirname, 'bugs', `${name}.ts`), join(ROOT, `${replaces}.ts`)]);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it.each(BUGS)('$name: $what', async ({ name }) => {
    const { code, stdout, stderr } = (await found.get(name)) as Ended;
    expect(`${code} ${stderr}`).toMatch(/^1 the planted bug/);
    const { violations, first_violation: first } = JSON.parse(stdout) as { violations: number; first_violation: { violation: string } };
    expect(violations).toBe(1);
    expect(first.violation).toMatch(/^[A-Z]\d+: /);
  });

  it('are what is found: without them the same runs break nothing', async () => {
    for (const { code, stdout, stderr } of await clean) {
      expect(`${code} ${stderr}`).toBe('0 ');
      expect(JSON.parse(stdout)).toEqual({});
    }
  });
});
