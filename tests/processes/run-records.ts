/** What the records of a run say: fills that were booked, with the ids of the exchange, and the decisions that the tape has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Booked, EngineAction } from '../../src/domain/actions.js';
import type { EngineEvent } from '../../src/domain/events.js';
import type { FillReport } from '../../src/domain/order.js';
import { DiskJournal } from '../../src/logger/journal-files.js';
import { JournalReader } from '../../src/logger/journal-reader.js';

export interface RunRecords {
  readonly folder: string;
  readonly run: string;
  /** Fills that the engine booked, each with the id of the exchange's fill that it was. */
  readonly booked: readonly { readonly fillId: string; readonly booked: Booked }[];
  /** Ids of all fills that the run was told of, booked or not. */
  readonly told: ReadonlySet<string>;
  readonly steps: readonly Step[];
  readonly closed: boolean;
}

export interface Step {
  readonly event: EngineEvent;
  readonly actions: readonly EngineAction[];
}

/** Folders of the runs below `out`, oldest first. */
export const runFolders = (out: string): string[] =>
  !existsSync(out)
    ? []
    : readdirSync(out)
        .filter((name) => name !== 'state')
        .toSorted()
        .map((name) => join(out, name));

/** A run that was killed before it had a journal left none. */
export const hasJournal = (folder: string): boolean => existsSync(join(folder, 'journal-000001.bin'));

/** @throws JournalDamagedError where more than its last record is damaged */
export const recordsOf = (folder: string): RunRecords => {
  const reader = new JournalReader(new DiskJournal(folder));
  const steps: Step[] = [];
  for (const record of reader.records()) {
    if (record.type === 'event') steps.push({ event: record.event, actions: [] });
    if (record.type === 'actions') steps.push({ event: (steps.pop() as Step).event, actions: record.actions });
  }
  const told = new Told();
  const booked = steps.flatMap((step) => told.take(step));
  return { folder, run: reader.header.run, booked, told: told.ids, steps, closed: reader.ending.closed };
};

/** What a run was told so far, and what of it it has booked. */
class Told {
  readonly ids = new Set<string>();
  readonly #booked = new Set<string>();

  /**
   * What was booked in a step was brought by its event: each booking is a fill in it that was not booked before. Of two alike it is the one that is new; one told
   * before was in a reading that came too late to be used.
   */
  take({ event, actions }: Step): { readonly fillId: string; readonly booked: Booked }[] {
    const fills = event.type === 'fill' ? [event.fill] : event.type === 'account-reading' ? event.fills : [];
    const booked = actions.filter((action): action is Booked => action.type === 'booked').map((booking) => this.#match(booking, fills));
    for (const { fillId } of fills) this.ids.add(fillId);
    return booked;
  }

  #match(booking: Booked, fills: readonly FillReport[]): { readonly fillId: string; readonly booked: Booked } {
    const open = fills.filter((fill) => isSame(fill, booking) && !this.#booked.has(fill.fillId));
    const fill = open.find(({ fillId }) => !this.ids.has(fillId)) ?? open[0];
    if (fill === undefined) throw new Error(`a booking of no fill, or of one that was booked before: ${JSON.stringify(booking)}`);
    this.#booked.add(fill.fillId);
    return { fillId: fill.fillId, booked: booking };
  }
}

const isSame = (fill: FillReport, booking: Booked): boolean =>
  fill.market === booking.market &&
  fill.side === booking.side &&
  fill.price === booking.price &&
  fill.quantity === booking.quantity &&
  fill.fee === booking.fee;

/** Rows of the tape as cells; a last row that a crash cut off is left out. */
export const tapeRows = (folder: string): readonly (readonly string[])[] => {
  const names = readdirSync(folder).filter((name) => /^tape.*\.csv$/.test(name));
  return names.toSorted().flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
  });
};
