#!/usr/bin/env node
/**
 * Whether a bot lives below a folder of runs: its process holds the lease and its records grow. For HEALTHCHECK in containers.
 *
 *   node packaging/healthcheck.mjs FOLDER [--age SECONDS]      ends with 0 where it does, with 1 and a reason where it does not
 *
 * Reads files only: no key, no network, nothing that could disturb trading.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ options: { age: { type: 'string', default: '60' } }, allowPositionals: true });
const [folder = '.'] = positionals;
const ageMaxMs = Number(values.age) * 1000;

const attempt = (run) => {
  try {
    return run();
  } catch {
    // Not there, torn or of another shape: the caller's "unhealthy" says so.
    return null;
  }
};
const list = (path) => attempt(() => readdirSync(path)) ?? [];
const read = (path) => attempt(() => JSON.parse(readFileSync(path, 'utf8')));

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error.code === 'EPERM';
  }
};

/** When anything of a run was last written, in milliseconds since the epoch. */
const lastWritten = (run) => Math.max(0, ...list(run).map((name) => attempt(() => statSync(join(run, name)).mtimeMs) ?? 0));

/** What keeps one account from being called healthy; null where nothing does. */
const problemOf = (account) => {
  const pid = read(join(account, 'lease.json'))?.pid;
  if (!Number.isSafeInteger(pid) || pid <= 0) return 'nobody holds the lease';
  if (!isAlive(pid)) return `process ${pid} holds the lease and is gone`;
  const run = read(join(account, 'last-run.json'))?.folder;
  if (typeof run !== 'string') return 'no run has begun';
  const age = Date.now() - lastWritten(run);
  return age > ageMaxMs ? `nothing was written for ${Math.round(age / 1000)} s` : null;
};

const accounts = list(join(folder, 'state')).map((name) => join(folder, 'state', name));
const problems = accounts.map(problemOf);
if (problems.includes(null)) {
  process.stdout.write('healthy\n');
} else {
  process.stderr.write(`unhealthy: ${problems[0] ?? `no account has traded from ${folder}`}\n`);
  process.exitCode = 1;
}
