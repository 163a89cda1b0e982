/** What all runs of a seed have left on the disk: every journal can be read, a run can be replayed from it, and no row of a tape comes twice. */
import { makeEngine, type EngineRecipe } from '../../src/app/engine-recipe.js';
import { fillIdsIn } from '../../src/logger/fill-tape.js';
import { JournalReader } from '../../src/logger/journal-reader.js';
import { TAPE_COLUMNS } from '../../src/logger/tape-row.js';
import { describeDifference, verify } from '../../src/replay/verify.js';
import { Broken } from './judge.js';
import { bookedByAllRuns, bookedIn } from './records.js';
import type { SimulatedWorld } from './world.js';

const READER = { alive: true };
/** A replay costs as much as deciding did: some seeds are enough. */
const REPLAYED_EVERY = 20;

/** @throws Broken */
export const judgeRecords = (world: SimulatedWorld): void => {
  const folders = (part: string): string[] => [
    ...new Set(world.disk.names().flatMap((path) => (path.includes(part) ? [path.slice(0, path.lastIndexOf('/'))] : []))),
  ];
  for (const folder of folders('/journal-')) if (!world.damaged.has(folder)) judgeJournal(world, folder);
  for (const folder of folders('/tape.csv')) judgeTape(world, folder);
  judgeFills(world, folders('/fills.csv'));
};

/** The tapes of fills have what the journals have, each fill once. What a crash has kept from a tape was added to it by the next start. */
const judgeFills = (world: SimulatedWorld, folders: readonly string[]): void => {
  const told = new Set<string>();
  const booked = bookedByAllRuns(world.disk) ?? [];
  // What nobody had promised to keep through a power failure: a tape may have kept what its journal has lost, and a later run books it again.
  const unpromised = new Set<string>(booked.flatMap(({ fillId, exchangeAt }) => (exchangeAt > world.disk.lostUntil ? [] : [fillId])));
  for (const folder of folders)
    for (const id of fillIdsIn(world.disk.read(`${folder}/fills.csv`).toString())) {
      // The booking itself may have been torn away: then the next run has booked the fill again.
      if (told.has(id) && !world.disk.hasTorn && !unpromised.has(id))
        throw new Broken('I4', `fill ${id} is twice on the tapes, the second time in ${folder}`);
      told.add(id);
    }
  const missing = booked.find(({ fillId }) => !told.has(fillId) && !unpromised.has(fillId));
  if (missing !== undefined) throw new Broken('I4', `fill ${missing.fillId} was booked and is on no tape`);
};

const judgeJournal = (world: SimulatedWorld, folder: string): void => {
  const source = world.disk.journal(READER, folder);
  try {
    if (world.seed % REPLAYED_EVERY !== 0) {
      bookedIn(world.disk, folder);
      return;
    }
    const reader = new JournalReader(source);
    const { difference } = verify(reader.header, reader.records(), ({ settings }) => makeEngine(settings as EngineRecipe));
    if (difference !== null) throw new Broken('I11', `${folder} replays otherwise: ${describeDifference(difference)}`);
  } catch (error) {
    if (error instanceof Broken) throw error;
    if (isStillborn(source.list().map((name) => source.open(name).size))) return;
    // The power failed before its first sync.
    if (world.misfortune.felt.has('d17-power-lost') && JournalReader.isEmpty(source)) return;
    throw new Broken('I11', `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The disk refused even the head of the first segment: the run never began. */
const isStillborn = (sizes: readonly number[]): boolean => sizes.length === 1 && (sizes[0] ?? 0) < 4096;

const judgeTape = (world: SimulatedWorld, folder: string): void => {
  const path = `${folder}/tape.csv`;
  let last = -1;
  for (const line of world.disk.read(path).toString().split('\n').slice(1, -1)) {
    const fields = line.split(',');
    const seq = Number(fields.at(-1));
    if (fields.length !== TAPE_COLUMNS.length || !Number.isSafeInteger(seq))
      throw new Broken('I19', `the tape of ${folder} has a torn row after row ${last}: ${line}`);
    if (seq <= last) throw new Broken('I19', `the tape of ${folder} has row ${seq} after row ${last}`);
    last = seq;
  }
};
