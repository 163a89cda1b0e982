/**
 * The loop around the engine: journal the fact, step, journal the actions, carry them out. One event at a time; what arrives meanwhile waits its turn.
 * It decides nothing. Its one rule of its own: what cannot be journalled does not leave, cancels excepted. Where a commit is given, what is journalled also waits until
 * it survives a power failure; facts go on being taken meanwhile.
 */
import type { Booked, Decision, EngineAction, GroupCall, Halt, Say, Stopped } from '../domain/actions.js';
import { isPrivateFact, type EngineEvent } from '../domain/events.js';
import type { Call, VenueCommand } from '../domain/order.js';
import type { Clock, Feed, Venue } from '../domain/ports.js';
import type { MonoNs } from '../domain/units.js';
import { HeldEffects, type Commit } from './held-effects.js';

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
  /** What orders wait for beyond the kernel; absent or null: nothing. */
  readonly commit?: Commit | null;
}

const isKeptFirst = (action: EngineAction): boolean => action.type === 'send' || action.type === 'booked' || action.type === 'adjusted';

/** From here on no order that was decided before may add to anything. */
const endsGrowth = (event: EngineEvent): boolean =>
  (event.type === 'control' && event.command !== 'resume') || event.type === 'feed-down' || (event.type === 'feed-silence' && event.silent);

const isSafeUnrecorded = (command: VenueCommand): boolean => command.type === 'cancel' || command.type === 'decrease';
const isGrowing = (command: VenueCommand): boolean => !isSafeUnrecorded(command);

export class Loop {
  readonly #parts: LoopParts;
  readonly #waiting: EngineEvent[] = [];
  readonly #commit: Commit | null;
  readonly #held = new HeldEffects();
  #stepping = false;
  #storageOk = true;
  /** Why the platter does not have what it should, or null. */
  #unproven: string | null = null;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#commit = parts.commit ?? null;
    this.#commit?.onRound((problem) => this.#onRound(problem));
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
      this.#takeWaiting();
    } finally {
      this.#stepping = false;
    }
  };

  /** What came up outside of a step is taken now. */
  #drain(): void {
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      this.#takeWaiting();
    } finally {
      this.#stepping = false;
    }
  }

  #takeWaiting(): void {
    // Asking for the length first: taking from an empty array costs as much as the whole step of a usual delta.
    while (this.#waiting.length > 0) this.#take(this.#waiting.shift() as EngineEvent);
  }

  /** Hands buffered records to the kernel; called by a timer so that a crash loses little market data. */
  flush(): void {
    if (this.#held.isStalled(this.#parts.clock.now())) this.#failCommit('the disk does not confirm what was written');
    this.#keep();
    this.#drain();
  }

  #take(event: EngineEvent): void {
    const { engine, recorder, observer } = this.#parts;
    recorder.event(event);
    if (isPrivateFact(event)) this.#keep();
    observer.event(event);
    if (!this.#held.isEmpty && endsGrowth(event))
      this.#refuse(this.#held.drop(isGrowing), 'trading stopped while the order waited for the disk');
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
          if (recorded && this.#waits()) this.#hold({ type: 'booked', booked: action });
          else observer.booked(action);
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
        case 'group-call':
          this.#groups(action);
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

  #groups(call: GroupCall): void {
    const { venue, clock } = this.#parts;
    if (venue.groups !== undefined) return venue.groups(call);
    this.offer({
      type: 'group-answer',
      at: clock.now(),
      request: call.request,
      shard: call.shard,
      kind: call.ask.kind,
      outcome: 'refused',
      group: null,
      groups: [],
      detail: 'this venue has no order groups',
    });
  }

  /** Whoever keeps the latch writes a file, which may fail just when everything does; the cancels that follow must leave all the same. */
  #halt(halt: Halt): void {
    const { observer } = this.#parts;
    if (!this.#held.isEmpty) this.#refuse(this.#held.drop(isGrowing), 'trading halted while the order waited for the disk');
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
    const waits = recorded && this.#waits();
    if (recorded && !waits) return this.#leave(call);
    const safe = call.commands.filter(isSafeUnrecorded);
    const growing = call.commands.filter(isGrowing);
    if (safe.length > 0) {
      this.#leave({ mode: call.mode, commands: safe });
      // A change of the same order must not come after its cancel.
      if (!this.#held.isEmpty) for (const { clientId } of safe) this.#refuse(this.#held.dropOf(clientId), 'its cancel overtook it');
    }
    if (growing.length === 0) return;
    if (waits) this.#hold({ type: 'send', call: { mode: call.mode, commands: growing } });
    else this.#refuse(growing, 'the journal cannot be written, so no new order leaves');
  }

  #leave(call: Call): void {
    const { venue, observer, clock, receivedNs } = this.#parts;
    venue.send(call);
    observer.sent(call, clock.monoNs() - receivedNs());
  }

  #refuse(commands: readonly VenueCommand[], detail: string): void {
    for (const { type, clientId } of commands)
      this.#waiting.push({ type: 'command-refused', at: this.#parts.clock.now(), command: type, clientId, code: 'not-sent', detail });
  }

  // ---- waiting for the platter ----

  #waits(): boolean {
    return this.#commit !== null && this.#commit.proven < this.#commit.written;
  }

  #hold(effect: Parameters<HeldEffects['add']>[0]): void {
    const commit = this.#commit as Commit;
    this.#held.add(effect, commit.written, this.#parts.clock.now());
    commit.request();
  }

  /** A round of the disk is over. Called between steps, never inside one. */
  #onRound(problem: string | null): void {
    if (problem === null) {
      this.#unproven = null;
      for (const { effect, fresh } of this.#held.release((this.#commit as Commit).proven, this.#parts.clock.now()))
        if (effect.type === 'booked') this.#parts.observer.booked(effect.booked);
        else if (fresh) this.#leave(effect.call);
        else this.#refuse(effect.call.commands, 'the disk took so long that the order was out of date');
      if (!this.#storageOk) this.#keep();
    } else this.#failCommit(problem);
    this.#drain();
  }

  /** What waits does not leave; fills are booked all the same and told. */
  #failCommit(problem: string): void {
    this.#unproven = problem;
    for (const effect of this.#held.giveUp())
      if (effect.type === 'booked') this.#parts.observer.booked(effect.booked);
      else this.#refuse(effect.call.commands, `the journal is not safe from a power failure (${problem})`);
    this.#keep();
  }

  /** Hands the records to the kernel; a change of storage health becomes a fact. Returns whether the records are safe. */
  #keep(): boolean {
    let problem: string | null = null;
    try {
      this.#parts.recorder.flush();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    // What could not be proven has been written again: it is proven anew.
    if (problem === null && this.#unproven !== null) this.#commit?.request();
    problem ??= this.#unproven;
    const ok = problem === null;
    if (ok !== this.#storageOk) {
      this.#storageOk = ok;
      this.#waiting.push({ type: 'storage', at: this.#parts.clock.now(), ok, detail: problem ?? 'the journal can be written again' });
    }
    return ok;
  }
}
