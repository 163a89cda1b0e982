#!/usr/bin/env node
/**
 * Mutation score and line coverage of the rooms in which a mistake costs money. Takes minutes; no part of npm test or CI.
 *
 *   node scripts/mutation/run.mjs [ROOM...]     risk, execution, orderbook, journal; all where none is named
 *
 * The tools are this folder's own packages, installed on the first run from its lock file, without install scripts. Prints one row per room, writes what survived to
 * build/mutation/ROOM/survivors.txt, and ends with 1 where a room misses a goal.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, ROOMS } from './rooms.mjs';

const SCORE_MIN = 85;
const LINES_MIN = 95;
const here = import.meta.dirname;
process.chdir(join(here, '../..'));

const run = (command, args, options = {}) => {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
};

const linesOf = (room, env) => {
  run('npx', ['vitest', 'run', '--config', 'scripts/mutation/vitest.config.mjs', '--coverage.enabled'], { env });
  return JSON.parse(readFileSync(`${outputOf(room)}/coverage/coverage-summary.json`, 'utf8')).total.lines;
};

const mutantsOf = (room, env) => {
  run(process.execPath, [join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', 'scripts/mutation/stryker.config.mjs'], {
    env,
  });
  return Object.entries(JSON.parse(readFileSync(`${outputOf(room)}/report.json`, 'utf8')).files).flatMap(([file, { source, mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file, lines: source.split('\n') })),
  );
};

const describe = ({ file, lines, location: { start, end }, status, mutatorName, replacement }) => {
  const line = lines[start.line - 1];
  const original = start.line === end.line ? line.slice(start.column - 1, end.column - 1) : `${line.slice(start.column - 1)} ...`;
  return `${file}:${start.line}:${start.column} ${status} ${mutatorName}: ${original} -> ${(replacement ?? '').replaceAll(/\s+/g, ' ')}`;
};

const judge = (room) => {
  const env = { ...process.env, KMM_MUTATION_ROOM: room };
  const lines = linesOf(room, env);
  const mutants = mutantsOf(room, env);
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const killed = count('Killed', 'Timeout');
  const alive = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  writeFileSync(`${outputOf(room)}/survivors.txt`, alive.map((mutant) => `${describe(mutant)}\n`).join(''));
  return { room, lines, killed, survived: alive.length, ignored: count('Ignored'), score: (100 * killed) / (killed + alive.length) };
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in ROOMS));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; the rooms are ${Object.keys(ROOMS).join(', ')}\n`);
  process.exit(2);
}
if (!existsSync(join(here, 'node_modules'))) run('npm', ['ci'], { cwd: here });
const rooms = (names.length > 0 ? names : Object.keys(ROOMS)).map((room) => {
  mkdirSync(outputOf(room), { recursive: true });
  return judge(room);
});
process.stdout.write('\n| room | mutants | killed | survived | score | lines covered |\n| --- | --- | --- | --- | --- | --- |\n');
for (const { room, lines, killed, survived, score } of rooms)
  process.stdout.write(
    `| ${room} | ${killed + survived} | ${killed} | ${survived} | ${score.toFixed(1)} % | ${lines.covered} of ${lines.total}, ${lines.pct.toFixed(1)} % |\n`,
  );
if (rooms.some(({ lines, score }) => score < SCORE_MIN || lines.pct < LINES_MIN)) process.exitCode = 1;
