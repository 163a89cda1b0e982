/** The thread that writes tape and log, in virtual time: the production writer on the simulated disk. It can die and hang. */
import { FILL_HEAD, fillIdsIn } from '../../src/logger/fill-tape.js';
import { PatientScribe } from '../../src/logger/patient-scribe.js';
import type { FromScribe, ScribeFiles } from '../../src/logger/scribe.js';
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

/** @param misfortune what befalls the thread; null for the writer that runs in the trading thread and dies only with it */
export const simulatedWriter =
  (process: SimulatedProcess, disk: SimulatedDisk, misfortune: Misfortune | null): StartThread =>
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
    let scribe: PatientScribe | null = null;
    const timer = process.every(DRAIN_EVERY, () => {
      if (over || scribe === null) return;
      if (misfortune?.strikes('d12-writer-dies', 0.002) === true) {
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
    const open = (): ScribeFiles => {
      const [tapePath, fillsPath] = [`${setup.dir}/tape.csv`, `${setup.dir}/fills.csv`];
      const fills = disk.lines(process, fillsPath, setup.limits.fillsUntil);
      if (disk.read(fillsPath).length === 0) fills.append(Buffer.from(FILL_HEAD));
      const tape = disk.lines(process, tapePath);
      if (disk.read(tapePath).length === 0) tape.append(Buffer.from(TAPE_HEAD));
      return {
        tape,
        fills,
        writtenFills: fillIdsIn(disk.read(fillsPath).toString()),
        log: disk.lines(process, `${setup.dir}/ops.log`),
      };
    };
    scribe = new PatientScribe(setup.memory, open, { answer, pull: () => undefined });
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
