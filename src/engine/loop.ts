/**
 * The loop around the engine: journal the fact, step, journal the actions, carry them out. One event at a time; what arrives meanwhile waits its turn.
 * It decides nothing. Its one rule of its own: what cannot be journalled does not leave, cancels excepted.
 */
import type { Booked, Decision, EngineAction, Halt, Say, Stopped } from '../domain/actions.js';
import { isPrivateFact, type EngineEvent } from '../domain/events.js';
import type { Call, VenueCommand } from '../domain/order.js';
import type { Clock, Feed, Venue } from '../domain/ports.js';
import type { MonoNs } from '../domain/units.js';

/** Where facts and actions are kept for replay. `flush` returns once the bytes are with the kernel and throws where they are not. */
export interface Recorder {
  event(event: EngineEvent): void;
  actions(actions: readonly EngineAction[]): void;
  flush(): void;
}

/** Whoever watches: tape, log, screen, summary. Must not throw and must not wait. */
export interface Observer {
  event(event: EngineEvent): void;
  decision(decision: Decision, latencyNs: number): void;
  booked(booked: Booked): void;
  sent(call: Call, latencyNs: number): void;
  say(say: Say): void;
  halt(halt: Halt): void;
  stopped(stopped: Stopped): void;
  /** One step is over: its event, and the actions it led to. */
  stepped(event: EngineEvent, actions: readonly EngineAction[]): void;
}

export interface Stepper {
  step(event: EngineEvent): readonly EngineAction[];
}

export interface LoopParts {
  readonly engine: Stepper;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly venue: Venue;
  readonly feed: Feed;
  readonly observer: Observer;
  /** When the frames of the present batch were received. */
  readonly receivedNs: () => MonoNs;
}

const isKeptFirst = (action: EngineAction): boolean => action.type === 'send' || action.type === 'booked' || action.type === 'adjusted';

const isSafeUnrecorded = (command: VenueCommand): boolean => command.type === 'cancel' || command.type === 'decrease';

export class Loop {
  readonly #parts: LoopParts;
  readonly #waiting: EngineEvent[] = [];
  #stepping = false;
  #storageOk = true;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** The one door in. Facts offered during a step are taken in order after it. */
  readonly offer = (event: EngineEvent): void => {
    if (this.#stepping) {
      this.#waiting.push(event);
      return;
    }
    this.#stepping = true;
    try {
      this.#take(event);
      // Asking for the length first: taking from an empty array costs as much as the whole step of a usual delta.
      while (this.#waiting.length > 0) this.#take(this.#waiting.shift() as EngineEvent);
    } finally {
      this.#stepping = false;
    }
  };

  /** Hands buffered records to the kernel; called by a timer so that a crash loses little market data. */
  flush(): void {
    this.#keep();
  }

  #take(event: EngineEvent): void {
    const { engine, recorder, observer } = this.#parts;
    recorder.event(event);
    if (isPrivateFact(event)) this.#keep();
    observer.event(event);
    const actions = engine.step(event);
    if (actions.length > 0) this.#carryOut(actions);
    observer.stepped(event, actions);
  }

  #carryOut(actions: readonly EngineAction[]): void {
    const { recorder, clock, feed, venue, observer, receivedNs } = this.#parts;
    recorder.actions(actions);
    // What is on the tape must be in the journal: else the next run would book it again.
    const recorded = !actions.some(isKeptFirst) || this.#keep();
    for (const action of actions) {
      switch (action.type) {
        case 'send':
          this.#send(action.call, recorded);
          break;
        case 'decision':
          observer.decision(action, clock.monoNs() - receivedNs());
          break;
        case 'booked':
          observer.booked(action);
          break;
        case 'adjusted':
          // An entry of the journal; what there is to say about it is said beside it.
          break;
        case 'say':
          observer.say(action);
          break;
        case 'request-snapshot':
          feed.requestSnapshot(action.market);
          break;
        case 'request-account':
          venue.readAccount(action);
          break;
        case 'halt':
          this.#halt(action);
          break;
        case 'stopped':
          observer.stopped(action);
          break;
      }
    }
  }

  /** Whoever keeps the latch writes a file, which may fail just when everything does; the cancels that follow must leave all the same. */
  #halt(halt: Halt): void {
    const { observer } = this.#parts;
    try {
      observer.halt(halt);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      observer.say({
        type: 'say',
        severity: 'error',
        code: 'LATCH',
        text: `The halt (${halt.text}) could not be kept for the next start: ${text}. Cancelling goes on; do not start again before you have looked.`,
      });
    }
  }

  #send(call: Call, recorded: boolean): void {
    const { venue, observer, clock, receivedNs } = this.#parts;
    const leaving = recorded ? call.commands : call.commands.filter(isSafeUnrecorded);
    if (leaving.length > 0) {
      const lean = leaving.length === call.commands.length ? call : { mode: call.mode, commands: leaving };
      venue.send(lean);
      observer.sent(lean, clock.monoNs() - receivedNs());
    }
    if (recorded) return;
    for (const command of call.commands)
      if (!isSafeUnrecorded(command))
        this.offer({
          type: 'command-refused',
          at: clock.now(),
          command: command.type,
          clientId: command.clientId,
          code: 'not-sent',
          detail: 'the journal cannot be written, so no new order leaves',
        });
  }

  /** Hands the records to the kernel; a change of storage health becomes a fact. Returns whether the records are safe. */
  #keep(): boolean {
    let problem: string | null = null;
    try {
      this.#parts.recorder.flush();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    const ok = problem === null;
    if (ok !== this.#storageOk) {
      this.#storageOk = ok;
      this.#waiting.push({ type: 'storage', at: this.#parts.clock.now(), ok, detail: problem ?? 'the journal can be written again' });
    }
    return ok;
  }
}
