/** The program is killed in the middle of trading, again and again; its records of all runs together are what the exchange says, each fill once. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSnapshot, sealSnapshot, type Snapshot } from '../../src/app/snapshot.js';
import { cash } from '../../src/domain/units.js';
import { DiskJournal } from '../../src/logger/journal-files.js';
import { JournalReader } from '../../src/logger/journal-reader.js';
import { hostExchange, kmm, Program, runFolders, temporary, until, type Body, type World } from './app-world.js';

const argvOf = (world: World, out: string, ...more: string[]): string[] => [
  'start',
  '--env',
  'custom',
  '--connect',
  world.connect,
  '--out',
  out,
  '--json',
  ...more,
];

/** Ids of the fills that the journals say were booked. */
const bookedIn = (runs: readonly string[]): string[] =>
  runs.flatMap((run) =>
    [...new JournalReader(new DiskJournal(run)).records()].flatMap((record) =>
      record.type === 'actions' ? record.actions.flatMap((action) => (action.type === 'booked' ? [String(action.fillId)] : [])) : [],
    ),
  );

const onTape = (runs: readonly string[]): string[] =>
  runs.flatMap((run) =>
    readFileSync(join(run, 'fills.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[2] ?? ''),
  );

const toldBy = async (world: World): Promise<string[]> => (await world.fills()).map((fill) => String(fill['fill_id'])).toSorted();

const stateFile = (out: string, name: string): string => {
  const [account = ''] = readdirSync(join(out, 'state'));
  return join(out, 'state', account, name);
};

/** A run that is killed once it has placed orders and had so many fills. */
const killed = async (world: World, out: string, fills: number): Promise<void> => {
  const bot = new Program(argvOf(world, out));
  const placed = (await world.orders()).length;
  await until('the bot quotes', async () => (await world.orders()).length > placed);
  const filled = (await world.fills()).length;
  await until(`the bot has ${fills} fills`, async () => (await world.fills()).length >= filled + fills);
  bot.kill('SIGKILL');
  await bot.exited;
};

/** A last run that ends in good order. */
const endedWell = async (world: World, out: string): Promise<{ readonly document: Body; readonly stderr: string }> => {
  const placed = (await world.orders()).length;
  const stop = new AbortController();
  const last = kmm(argvOf(world, out), stop.signal);
  await until('the last bot quotes', async () => (await world.orders()).length > placed);
  stop.abort('SIGTERM');
  const { code, document, stderr } = await last;
  expect(code).toBe(0);
  return { document, stderr };
};

test('over several crashes each fill of the exchange is on tape and journal exactly once, those of the pauses too', async () => {
  const world = await hostExchange({ seed: 'e2e-once' });
  const out = temporary();
  for (let round = 1; round <= 3; round++) {
    await killed(world, out, 3);
    // Its orders rest on, and some are filled while nobody is there.
    const left = (await world.fills()).length;
    const trades = world.running.exchange.trades().length;
    await until('the crowd trades on', () => world.running.exchange.trades().length >= trades + 15);
    expect((await world.fills()).length).toBeGreaterThanOrEqual(left);
  }
  const { document, stderr } = await endedWell(world, out);
  expect(stderr).not.toContain('POSITION_DRIFT');
  expect(document['position']).toEqual(await world.positions());
  const runs = runFolders(out);
  expect(runs).toHaveLength(4);
  const truth = await toldBy(world);
  expect(bookedIn(runs).toSorted()).toEqual(truth);
  expect(onTape(runs).toSorted()).toEqual(truth);
  for (const run of runs)
    expect((await kmm(['replay', run, '--verify', '--json'])).document).toMatchObject({ verified: true, difference: null });
}, 60_000);

test('what a crash kept from the tape is added from the journal, once', async () => {
  const world = await hostExchange({ seed: 'e2e-tape' });
  const out = temporary();
  await killed(world, out, 4);
  const [run = ''] = runFolders(out);
  const tape = readFileSync(join(run, 'fills.csv'), 'utf8').split('\n');
  // The last rows never reached the disk, and the one before them is torn.
  writeFileSync(join(run, 'fills.csv'), `${tape.slice(0, 2).join('\n')}\n${(tape[2] ?? '').slice(0, 9)}`);
  // The snapshot of a moment ago knew the tape whole up to there: here it did not.
  rmSync(stateFile(out, 'snapshot.json'));
  writeFileSync(stateFile(out, 'snapshot.json'), '{"torn');
  await endedWell(world, out);
  const runs = runFolders(out);
  const truth = await toldBy(world);
  expect(onTape(runs).toSorted()).toEqual(truth);
  expect(bookedIn(runs).toSorted()).toEqual(truth);
}, 60_000);

test('a journal that is damaged inside is told, and positions are taken over from the exchange', async () => {
  const world = await hostExchange({ seed: 'e2e-damage' });
  const out = temporary();
  await killed(world, out, 4);
  const [run = ''] = runFolders(out);
  const path = join(run, 'journal-000001.bin');
  const bytes = readFileSync(path);
  const at = bytes.length - 200;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  writeFileSync(path, bytes);
  const { document } = await endedWell(world, out);
  expect(document['position']).toEqual(await world.positions());
  const log = readFileSync(join(runFolders(out).at(-1) ?? '', 'ops.log'), 'utf8');
  expect(log).toContain('REBUILT_FROM_EXCHANGE');
}, 60_000);

/** Realized less fees, by the tapes of fills. */
const earnedOnTape = (runs: readonly string[]): number =>
  runs
    .flatMap((run) => readFileSync(join(run, 'fills.csv'), 'utf8').trimEnd().split('\n').slice(1))
    .map((line) => line.split(','))
    .reduce((sum, row) => sum + Math.round((Number(row[9]) - Number(row[6])) * 1e6), 0);

const lastSnapshot = (out: string): Snapshot => {
  const found = openSnapshot(readFileSync(stateFile(out, 'snapshot.json'), 'utf8'));
  if (found.kind !== 'whole') throw new Error(`expected a whole snapshot, found ${found.kind}`);
  return found.snapshot;
};

test('what crashed runs have lost counts towards the loss limits of the next, to the last fill', async () => {
  const world = await hostExchange({ seed: 'e2e-session' });
  const out = temporary();
  await killed(world, out, 6);
  await endedWell(world, out);
  const runs = runFolders(out);
  const earned = earnedOnTape(runs);
  expect(earned).not.toBe(0);
  // The last run has said that it ended well, and with what.
  expect(lastSnapshot(out)).toMatchObject({ closed: true, session: { realized: earned } });
  expect(readFileSync(join(runs.at(-1) ?? '', 'ops.log'), 'utf8')).toContain('SESSION_CARRIED');
}, 60_000);

test('a loss limit that a restart finds reached halts it, and a person who clears the latch begins a new session', async () => {
  const world = await hostExchange({ seed: 'e2e-lost' });
  const out = temporary();
  await endedWell(world, out);
  const lost = { ...lastSnapshot(out), session: { realized: cash(-60_000_000), peak: cash(0) } };
  writeFileSync(stateFile(out, 'snapshot.json'), sealSnapshot(lost));
  const { code, stderr } = await kmm(argvOf(world, out));
  expect(code).toBe(7);
  expect(stderr).toContain('loss limit');
  expect(await world.orders('resting')).toEqual([]);
  const clear = ['kill', '--clear', 'a bad day', '--yes', '--env', 'custom', '--connect', world.connect, '--out', out];
  expect((await kmm(clear)).code).toBe(0);
  await endedWell(world, out);
  expect(lastSnapshot(out).session?.realized).toBeGreaterThan(-60_000_000);
}, 60_000);

test('a snapshot of a newer build is refused with advice', async () => {
  const world = await hostExchange({ seed: 'e2e-newer' });
  const out = temporary();
  await endedWell(world, out);
  const path = stateFile(out, 'snapshot.json');
  const found = openSnapshot(readFileSync(path, 'utf8'));
  if (found.kind !== 'whole') throw new Error(`expected a whole snapshot, found ${found.kind}`);
  writeFileSync(path, sealSnapshot(found.snapshot, 9));
  const { code, stderr } = await kmm(argvOf(world, out));
  expect(code).toBe(9);
  expect(stderr).toContain('format 9');
  expect(stderr).toContain('move');
}, 60_000);

test('under power durability orders leave and return as ever', async () => {
  const world = await hostExchange({ seed: 'e2e-power' });
  const out = temporary();
  const stop = new AbortController();
  const run = kmm(argvOf(world, out, '--set', 'journal.durability=power'), stop.signal);
  await until('the bot trades', async () => (await world.fills()).length >= 3);
  stop.abort('SIGTERM');
  const { code, document } = await run;
  expect([code, document['fills']]).toEqual([0, (await world.fills()).length]);
  expect(onTape(runFolders(out)).toSorted()).toEqual(await toldBy(world));
  expect((await kmm(['replay', ...runFolders(out), '--verify', '--json'])).document).toMatchObject({ verified: true });
}, 60_000);
