/** Holds what a bot says against what the exchange says. The exchange is asked past every proxy; the bot is believed in nothing. */
import { COMMANDS } from '../../src/app/commands.js';
import { dispatch } from '../../src/cli/dispatch.js';
import { CapturedOutput } from '../../src/cli/output.js';
import { formatCash, formatPrice, formatQuantity } from '../../src/domain/units.js';
import { formatTime } from '../../src/logger/time-text.js';
import type { Arena, Body } from './arena.js';
import { hasJournal, recordsOf, runFolders, tapeRows, type RunRecords } from './run-records.js';

/**
 * Fills of the time between two runs are in the position that the next one adopts, and on no record yet. Once they are carried over, `true` here makes every one of
 * them a complaint that is booked nowhere.
 */
export const FILLS_ARE_CARRIED_OVER: boolean = true;

/** A fill of the last moment of a run that was killed may have been on its way still. */
const ON_ITS_WAY_MS = 1500;

/** One run as the judge knows it. */
interface Judged {
  readonly records: RunRecords;
  /** The moment for which positions were adopted, in milliseconds since 1970; null where the run never came to that. */
  readonly adoptedMs: number | null;
  /** Fills up to here had to be booked. */
  readonly boundMs: number;
}

/** A fill of the exchange that no run has booked since it happened while none could: before its reading was adopted, or after the bot was dead. */
export interface DeadFill {
  readonly fillId: string;
  readonly atMs: number;
}

/** Whom the judge believes, and where the records of the runs lie. */
export type Witness = Pick<Arena, 'out' | 'orders' | 'positions' | 'fills'>;

export class Judge {
  readonly #arena: Witness;
  readonly #runs = new Map<string, Judged>();
  readonly #cutOffAtMs = new Map<string, number>();
  /** Fills while the bot was dead, by the last verdict. */
  deadFills: readonly DeadFill[] = [];

  constructor(arena: Witness) {
    this.#arena = arena;
  }

  /** From now on the newest run can hear nothing any more: it was killed, or the exchange is out of its reach for good. */
  noteCutOff(): void {
    const newest = runFolders(this.#arena.out).at(-1);
    if (newest !== undefined && !this.#cutOffAtMs.has(newest)) this.#cutOffAtMs.set(newest, Date.now());
  }

  /** Complaints about a clean end: what rests, positions, fills, journals, tapes. None is what a test expects. */
  async verdict(summary: Body): Promise<string[]> {
    return [...(await this.standing(summary)), ...(await this.history())];
  }

  /** Nothing of ours rests, and the position is the exchange's. */
  async standing(summary: Body): Promise<string[]> {
    const resting = await this.#arena.orders('resting');
    const theirs = await this.#arena.positions();
    const ours = nonZero(summary['position'] as Record<string, number>);
    return [
      ...resting.map((order) => `rests after a clean end: ${JSON.stringify(order)}`),
      ...(sorted(ours) === sorted(theirs) ? [] : [`the bot holds ${sorted(ours)}, the exchange says ${sorted(theirs)}`]),
      ...(summary['open_orders_at_exit'] === 0 ? [] : [`the bot counts ${String(summary['open_orders_at_exit'])} open orders at its end`]),
    ];
  }

  /** Every run since the beginning: journal readable and verified, tape a faithful prefix, every fill booked exactly once. */
  async history(): Promise<string[]> {
    const complaints: string[] = [];
    for (const folder of runFolders(this.#arena.out)) {
      if (this.#runs.has(folder) || !hasJournal(folder)) continue;
      const records = recordsOf(folder);
      this.#runs.set(folder, this.#judged(records));
      complaints.push(...(await verified(folder)), ...tapeComplaints(records));
    }
    return [...complaints, ...(await this.#fillComplaints())];
  }

  #judged(records: RunRecords): Judged {
    const cutOff = this.#cutOffAtMs.get(records.folder);
    const last = records.steps.at(-1)?.event.at ?? 0;
    return {
      records,
      adoptedMs: adoptionOf(records),
      boundMs: cutOff === undefined ? last / 1000 : cutOff - ON_ITS_WAY_MS,
    };
  }

  async #fillComplaints(): Promise<string[]> {
    const theirs = new Map((await this.#arena.fills()).map((fill) => [String(fill['fill_id']), fill]));
    const complaints: string[] = [];
    const seen = new Map<string, string>();
    for (const { records } of this.#runs.values())
      for (const { fillId, booked } of records.booked) {
        const fill = theirs.get(fillId);
        if (seen.has(fillId)) complaints.push(`fill ${fillId} is booked twice: in ${seen.get(fillId)} and in ${records.folder}`);
        seen.set(fillId, records.folder);
        if (fill === undefined) complaints.push(`fill ${fillId} is booked in ${records.folder} and unknown to the exchange`);
        else if (!agrees(fill, booked))
          complaints.push(`fill ${fillId} is booked as ${JSON.stringify(booked)}, it was ${JSON.stringify(fill)}`);
      }
    const missing = [...theirs.values()]
      .map((fill) => ({ fillId: String(fill['fill_id']), atMs: Date.parse(String(fill['created_time'])) }))
      .filter(({ fillId }) => !seen.has(fillId));
    this.deadFills = missing.filter(({ atMs }) => !this.#owedBy(atMs));
    const lost = FILLS_ARE_CARRIED_OVER ? missing : missing.filter((fill) => !this.deadFills.includes(fill));
    return [
      ...complaints,
      ...lost.map(({ fillId, atMs }) => `fill ${fillId} of ${new Date(atMs).toISOString()} is booked nowhere; ${this.#tellers(fillId)}`),
    ];
  }

  /** Some run was trading then, and had time to hear of it. */
  #owedBy(atMs: number): boolean {
    return [...this.#runs.values()].some(({ adoptedMs, boundMs }) => adoptedMs !== null && adoptedMs + 1 < atMs && atMs < boundMs);
  }

  #tellers(fillId: string): string {
    const tellers = [...this.#runs.values()].filter(({ records }) => records.told.has(fillId)).map(({ records }) => records.folder);
    return tellers.length === 0 ? 'no run was told of it' : `told to ${tellers.join(', ')}`;
  }
}

/** The reading by which positions were adopted says for which moment it holds. */
const adoptionOf = ({ steps }: RunRecords): number | null => {
  for (const { event, actions } of steps)
    if (event.type === 'account-reading' && actions.some((action) => action.type === 'say' && action.code === 'READY'))
      return event.validUntil / 1000;
  return null;
};

const agrees = (fill: Body, booked: RunRecords['booked'][number]['booked']): boolean =>
  Number(fill['count_fp']) === Number(formatQuantity(booked.quantity)) &&
  Number(fill['yes_price_dollars']) === Number(formatPrice(booked.price)) &&
  Number(fill['fee_cost']) === Number(formatCash(booked.fee)) &&
  fill['book_side'] === booked.side;

const nonZero = (held: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(held).filter(([, n]) => n !== 0));

const sorted = (held: Record<string, number>): string => JSON.stringify(Object.entries(held).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** What the journal of a run that was killed may say of its end. */
const ALLOWED_NOTE = /is torn|did not end in good order|the answer to the last event/;

const verified = async (folder: string): Promise<string[]> => {
  const output = new CapturedOutput();
  const code = await dispatch(COMMANDS, ['replay', folder, '--verify', '--json'], output);
  const document = (output.documents[0] ?? {}) as Body;
  const notes = (document['notes'] ?? []) as string[];
  return [
    ...(code === 0 && document['verified'] === true ? [] : [`replay --verify of ${folder} ends with ${code}: ${JSON.stringify(document)}`]),
    ...notes.filter((note) => !ALLOWED_NOTE.test(note)).map((note) => `replay --verify of ${folder} notes: ${note}`),
  ];
};

/** Rows of the tape are the decisions of the journal in their order; a crash may cut off the end of either. */
const tapeComplaints = ({ folder, steps, closed }: RunRecords): string[] => {
  const decisions = steps.flatMap(({ actions }) => actions.filter((action) => action.type === 'decision'));
  const rows = tapeRows(folder);
  const differs = rows.findIndex((row, i) => {
    const decision = decisions[i];
    return decision !== undefined && (row[0] !== formatTime(decision.at) || row[5] !== formatQuantity(decision.inventory));
  });
  return [
    ...(differs < 0 ? [] : [`row ${differs + 1} of the tape of ${folder} is not the decision of the journal: ${rows[differs]?.join()}`]),
    ...(closed && rows.length !== decisions.length ? [`${folder} has ${rows.length} rows and ${decisions.length} decisions`] : []),
  ];
};
