/** What a feed outside needs of the world, for tests: time that moves when told, facts and reports that pile up, and websockets that nobody else sees. */
import type { FeedReport, FeedWorld } from '../../src/alpha/feeds/feed-port.js';
import type { OpenStream, StreamHandlers } from '../../src/alpha/feeds/stream-port.js';
import type { EngineEvent } from '../../src/domain/events.js';
import { seconds } from '../../src/domain/units.js';
import { FakeTime } from './fake-time.js';

export class OutsideWorld implements FeedWorld {
  readonly time = new FakeTime();
  readonly clock = this.time;
  readonly timers = this.time;
  readonly facts: EngineEvent[] = [];
  readonly reports: FeedReport[] = [];
  /** Draws of the backoff's jitter. */
  draw = 0.5;
  readonly chance = { next: () => this.draw };
  readonly offer = (fact: EngineEvent): void => void this.facts.push(fact);
  readonly report = (report: FeedReport): void => void this.reports.push(report);

  pass(s: number): void {
    this.time.advance(seconds(s));
  }
  /** The facts since the last call. */
  taken(): EngineEvent[] {
    return this.facts.splice(0);
  }
  codes(): string[] {
    return this.reports.map(({ code }) => code);
  }
}

/** Websockets in memory: every attempt is kept, and the test plays the other side. */
export class MemoryStreams {
  readonly opened: { readonly url: string; readonly sent: string[]; readonly handlers: StreamHandlers; closed: boolean }[] = [];
  readonly open: OpenStream = ({ url }, handlers) => {
    const entry = { url, sent: [] as string[], handlers, closed: false };
    this.opened.push(entry);
    return { send: (text) => void entry.sent.push(text), ping: () => {}, close: () => void (entry.closed = true) };
  };

  get last() {
    const entry = this.opened.at(-1);
    if (entry === undefined) throw new Error('nobody has connected');
    return entry;
  }
  say(value: unknown): void {
    this.last.handlers.frame(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
  }
}
