/**
 * Steps every fact of a journal through a fresh engine and compares what it answers with what was answered then, byte for byte. A difference means
 * that something outside the facts had a say, or that the program decides otherwise than the one that ran.
 */
import type { EngineAction } from '../domain/actions.js';
import type { EngineEvent } from '../domain/events.js';
import { ByteWriter } from '../logger/bytes.js';
import { DecisionHash } from '../logger/decision-hash.js';
import { writeActionList } from '../logger/journal-codec.js';
import type { JournalRecord } from '../logger/journal-reader.js';
import type { JournalHeader } from '../logger/journal-segment.js';

/** An engine as replay needs it. */
export interface ReplayEngine {
  step(event: EngineEvent): readonly EngineAction[];
  /** A digest of its state; absent: digests in the journal are passed over. */
  stateHash?(): string;
}

/** Makes the engine of a run from the settings in its header. */
export type ReplayEngineFactory = (header: JournalHeader) => ReplayEngine;

/** The first digest that differs: the answers up to there agree, and what the engine believes does not. */
export interface StateDifference {
  /** Events before it. */
  readonly afterEvent: number;
  readonly expected: string;
  readonly got: string;
}

/** The first event to which the answers differ. */
export interface Difference {
  /** Counted from 1. */
  readonly number: number;
  readonly event: EngineEvent;
  /** Place of the first action that differs, counted from 0. */
  readonly action: number;
  readonly expected: readonly EngineAction[];
  readonly got: readonly EngineAction[];
  /** What the engine threw instead of answering, or null. */
  readonly thrown: string | null;
}

export interface Verification {
  /** Events whose answers were compared and found equal. */
  readonly events: number;
  readonly actions: number;
  readonly decisions: number;
  /** Hash over all decisions of the replay up to there; equal to that of the run where nothing differs. */
  readonly decisionHash: string;
  readonly difference: Difference | null;
  /** Digests of the state that were compared and found equal. */
  readonly states: number;
  readonly stateDifference: StateDifference | null;
  /** The last event of a run that ended in a crash: its answer, if there was one, was not recorded. null where every event was compared. */
  readonly unanswered: { readonly number: number; readonly event: EngineEvent } | null;
  /** Records that the disk refused: nothing after this event can be replayed. null where there is no hole. */
  readonly gap: { readonly afterEvent: number; readonly dropped: number } | null;
  /** The journal was closed in good order. */
  readonly closed: boolean;
}

/**
 * @param records of one journal, from its beginning
 * @throws whatever the records throw, such as JournalDamagedError
 */
export const verify = (header: JournalHeader, records: Iterable<JournalRecord>, makeEngine: ReplayEngineFactory): Verification => {
  const verifier = new Verifier(header, makeEngine(header));
  for (const record of records) if (!verifier.take(record)) break;
  return verifier.finish();
};

/** Most that the answers to one event may take. */
const LIST_BYTES_MAX = 256 * 1024 * 1024;

class Verifier {
  readonly #engine: ReplayEngine;
  readonly #hash: DecisionHash;
  readonly #expectedBytes = new ByteWriter(4096, LIST_BYTES_MAX);
  readonly #gotBytes = new ByteWriter(4096, LIST_BYTES_MAX);
  #open: { readonly number: number; readonly event: EngineEvent } | null = null;
  #events = 0;
  #actions = 0;
  #difference: Difference | null = null;
  #gap: Verification['gap'] = null;
  #states = 0;
  #stateDifference: StateDifference | null = null;
  #closed = false;

  constructor(header: JournalHeader, engine: ReplayEngine) {
    this.#engine = engine;
    this.#hash = new DecisionHash(header.run);
  }

  /** @returns false where nothing more is to be learned */
  take(record: JournalRecord): boolean {
    switch (record.type) {
      case 'event':
        this.#settle(NOTHING);
        this.#open = record;
        break;
      case 'actions':
        this.#settle(record.actions);
        break;
      case 'state':
        this.#settle(NOTHING);
        this.#compareState(record.hash);
        break;
      case 'gap':
        this.#settle(NOTHING);
        this.#gap = { afterEvent: this.#events, dropped: record.dropped };
        return false;
      case 'end':
        this.#settle(NOTHING);
        this.#closed = true;
        break;
    }
    return this.#difference === null && this.#stateDifference === null;
  }

  #compareState(expected: string): void {
    const got = this.#difference === null ? (this.#engine.stateHash?.() ?? null) : null;
    if (got === expected) this.#states++;
    else if (got !== null) this.#stateDifference = { afterEvent: this.#events, expected, got };
  }

  finish(): Verification {
    return {
      events: this.#events,
      actions: this.#actions,
      decisions: this.#hash.decisions,
      decisionHash: this.#hash.digest(),
      difference: this.#difference,
      states: this.#states,
      stateDifference: this.#stateDifference,
      unanswered: this.#difference === null && this.#open !== null ? { number: this.#open.number, event: this.#open.event } : null,
      gap: this.#gap,
      closed: this.#closed,
    };
  }

  /** The answer to the open event is known by now: `expected`. */
  #settle(expected: readonly EngineAction[]): void {
    const open = this.#open;
    this.#open = null;
    if (open === null || this.#difference !== null) return;
    const { got, thrown } = this.#step(open.event);
    const action = thrown === null ? this.#firstDifference(expected, got) : 0;
    if (action === null) {
      this.#events++;
      this.#actions += got.length;
      this.#hash.step(got);
    } else this.#difference = { number: open.number, event: open.event, action, expected, got: [...got], thrown };
  }

  #step(event: EngineEvent): { readonly got: readonly EngineAction[]; readonly thrown: string | null } {
    try {
      return { got: this.#engine.step(event), thrown: null };
    } catch (error) {
      return { got: NOTHING, thrown: error instanceof Error ? error.message : String(error) };
    }
  }

  #firstDifference(expected: readonly EngineAction[], got: readonly EngineAction[]): number | null {
    if (expected.length === 0 && got.length === 0) return null;
    if (this.#sameBytes(expected, got)) return null;
    const shorter = Math.min(expected.length, got.length);
    for (let i = 0; i < shorter; i++) if (!this.#sameBytes(expected.slice(i, i + 1), got.slice(i, i + 1))) return i;
    return shorter;
  }

  #sameBytes(a: readonly EngineAction[], b: readonly EngineAction[]): boolean {
    writeList(this.#expectedBytes, a);
    writeList(this.#gotBytes, b);
    return this.#expectedBytes.written().equals(this.#gotBytes.written());
  }
}

const NOTHING: readonly EngineAction[] = [];

const writeList = (out: ByteWriter, actions: readonly EngineAction[]): void => {
  out.clear();
  writeActionList(out, actions);
};

/** The difference in words for people: what happened, where, expected and got. */
export const describeDifference = (difference: Difference): string => {
  const { number, event, action, expected, got, thrown } = difference;
  const show = (actions: readonly EngineAction[]): string => {
    const one = actions[action];
    return one === undefined ? `nothing (${actions.length} actions in all)` : JSON.stringify(one);
  };
  const place = `event ${number} (${event.type} at ${event.at}), action ${action + 1}`;
  return thrown === null
    ? `${place}: expected ${show(expected)}, got ${show(got)}`
    : `${place}: expected ${show(expected)}, but the engine stopped: ${thrown}`;
};
