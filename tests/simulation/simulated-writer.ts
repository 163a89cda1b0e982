/** The thread that writes tape and log, in virtual time: the production writer on the simulated disk. It can die and hang. */
import { FILL_HEAD, fillIdsIn } from '../../src/logger/fill-tape.js';
import { Scribe, type FromScribe } from '../../src/logger/scribe.js';
import { StorageError } from '../../src/logger/storage-errors.js';
import { TAPE_HEAD } from '../../src/logger/tape-sink.js';
import type { StartThread, WritingThread } from '../../src/logger/worker-client.js';
import { millis, seconds } from '../../src/domain/units.js';
import type { Misfortune } from './misfortune.js';
import type { SimulatedDisk } from './simulated-disk.js';
import type { SimulatedProcess } from './simulated-process.js';

/** The real one looks fifty times a second; what it writes is the same. */
const DRAIN_EVERY = seconds(1);
/** As the real one is watched. */
const HUNG_AFTER = seconds(15);

export const simulatedWriter =
  (process: SimulatedProcess, disk: SimulatedDisk, misfortune: Misfortune): StartThread =>
  (setup, events) => {
    let over = false;
    const answer = (message: FromScribe): void => {
      process.after(millis(0), () => {
        if (!over || message.type === 'closed') events.message(message);
      });
    };
    const die = (reason: string): void => {
      if (over) return;
      over = true;
      timer.cancel();
      events.died(reason);
    };
    let scribe: Scribe | null = null;
    const timer = process.every(DRAIN_EVERY, () => {
      if (over || scribe === null) return;
      if (misfortune.strikes('d12-writer-dies', 0.002)) {
        misfortune.feel('d12-writer-dies');
        if (misfortune.chance(0.5)) return die('simulated');
        scribe = null;
        process.after(HUNG_AFTER, () => die('no sign of life'));
        return;
      }
      guard(() => scribe?.drain());
    });
    const guard = (run: () => void): void => {
      try {
        run();
      } catch (error) {
        die(error instanceof Error ? error.message : String(error));
      }
    };
    const tape = `${setup.dir}/tape.csv`;
    try {
      const fillTape = `${setup.dir}/fills.csv`;
      const fills = disk.appending(process, fillTape);
      if (disk.read(fillTape).length === 0) fills.append(Buffer.from(FILL_HEAD));
      const writtenFills = fillIdsIn(disk.read(fillTape).toString());
      const log = disk.appending(process, `${setup.dir}/ops.log`);
      const files = { tape: disk.appending(process, tape), log, fills, writtenFills };
      if (disk.read(tape).length === 0) files.tape.append(Buffer.from(TAPE_HEAD));
      scribe = new Scribe(setup.memory, { files, answer, pull: () => undefined });
      answer({ type: 'ready' });
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      answer({ type: 'refused', operation: error.operation, file: error.file, errno: error.errno });
    }
    const thread: WritingThread = {
      kind: 'worker',
      post: (message) => {
        if (!over) guard(() => scribe?.take(message));
      },
      hold: () => undefined,
      end: () => {
        over = true;
        timer.cancel();
      },
    };
    return thread;
  };
