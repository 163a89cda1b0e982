/** What can happen to the links between bot and exchange, by name. Each fault does its mischief for a while and heals. Numbers refer to the fault catalogue. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../src/domain/ports.js';
import type { ChaosProxy, ProxyCounters } from './chaos-proxy.js';
import { PLAIN, type WayRules } from './one-way.js';

/** The two links of a bot. */
export interface Links {
  readonly rest: ChaosProxy;
  readonly ws: ChaosProxy;
}

export interface LinkFault {
  readonly name: string;
  /** Lasts about `ms`; the links are plain again afterwards. */
  run(links: Links, chance: Chance, ms: number): Promise<void>;
  /** What shows that the fault was felt. */
  felt(before: Felt, after: Felt): boolean;
}

export interface Felt {
  readonly rest: Readonly<ProxyCounters>;
  readonly ws: Readonly<ProxyCounters>;
}

export const feelings = ({ rest, ws }: Links): Felt => ({ rest: { ...rest.counters }, ws: { ...ws.counters } });

const total = (felt: Felt, counter: keyof ProxyCounters): number => felt.rest[counter] + felt.ws[counter];

const grew =
  (...counters: readonly (keyof ProxyCounters)[]) =>
  (before: Felt, after: Felt): boolean =>
    counters.every((counter) => total(after, counter) > total(before, counter));

const both = (links: Links): readonly ChaosProxy[] => [links.rest, links.ws];

const during = async (proxies: readonly ChaosProxy[], ms: number, begin: (proxy: ChaosProxy) => void): Promise<void> => {
  for (const proxy of proxies) begin(proxy);
  await pause(ms);
  await Promise.all(proxies.map((proxy) => proxy.heal()));
};

const slow = (rules: Partial<WayRules>) => (proxy: ChaosProxy) => {
  proxy.up = { ...PLAIN, ...rules };
  proxy.down = { ...PLAIN, ...rules };
};

const hangUp = (proxy: ChaosProxy): void => {
  proxy.refuse();
  proxy.resetAll();
};

const FLAP_MS = { low: 1000, high: 3000 };

const flap = async (links: Links, chance: Chance, ms: number): Promise<void> => {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const wait = Math.min(ms / 3, FLAP_MS.low + chance.next() * (FLAP_MS.high - FLAP_MS.low));
    await during(both(links), wait, hangUp);
    await pause(wait);
  }
};

export const LINK_FAULTS: readonly LinkFault[] = [
  { name: 'N1 connections are refused', run: (links, _, ms) => during(both(links), ms, hangUp), felt: grew('refused', 'resets') },
  {
    name: 'N3 half-open: writes are taken, nothing returns',
    run: (links, _, ms) => during(both(links), ms, (proxy) => proxy.halfOpen()),
    felt: grew('swallowed'),
  },
  {
    name: 'N4 requests vanish on their way',
    run: (links, _, ms) => during([links.rest], ms, (proxy) => void (proxy.up = { ...PLAIN, swallow: true })),
    felt: grew('swallowed'),
  },
  {
    name: 'N5 the answer is lost after the request went through',
    run: (links, _, ms) => during([links.rest], ms, (proxy) => void (proxy.dropAnswers = 0.7)),
    felt: grew('answersDropped'),
  },
  {
    name: 'N6 answers come after the deadline',
    run: (links, _, ms) => during([links.rest], ms, (proxy) => void (proxy.down = { ...PLAIN, delayMs: 1500 })),
    felt: grew('delayed'),
  },
  {
    name: 'N7 answers are slow and the stream is fast',
    run: (links, _, ms) => during([links.rest], ms, (proxy) => void (proxy.down = { ...PLAIN, delayMs: 300 })),
    felt: grew('delayed'),
  },
  {
    name: 'N8 the stream is cut in mid-message',
    run: (links, _, ms) => during([links.ws], ms, (proxy) => void (proxy.down = { ...PLAIN, cutMidway: true })),
    felt: grew('cut'),
  },
  { name: 'N9 REST fine, stream down', run: (links, _, ms) => during([links.ws], ms, hangUp), felt: grew('refused', 'resets') },
  { name: 'N10 stream fine, REST down', run: (links, _, ms) => during([links.rest], ms, hangUp), felt: grew('refused', 'resets') },
  { name: 'N11 the links flap', run: flap, felt: grew('refused', 'resets') },
  {
    name: 'N12 bandwidth is squeezed',
    run: (links, _, ms) => during(both(links), ms, slow({ bytesPerSecond: 2000 })),
    felt: grew('delayed'),
  },
  {
    name: 'N13 every answer is slow and the pool is full',
    run: (links, _, ms) => during([links.rest], ms, slow({ delayMs: 600 })),
    felt: grew('delayed'),
  },
  {
    name: 'N14 bytes come in random pieces',
    run: (links, _, ms) => during(both(links), ms, slow({ segment: true })),
    felt: grew('pieces'),
  },
  {
    name: 'N14b answers over REST are cut in the middle',
    run: (links, _, ms) => during([links.rest], ms, (proxy) => void (proxy.down = { ...PLAIN, cutMidway: true })),
    felt: grew('cut'),
  },
  {
    name: 'N15 everything is reset at once',
    run: async (links, _, ms) => {
      for (const proxy of both(links)) proxy.resetAll();
      await pause(ms);
    },
    felt: grew('resets'),
  },
  {
    name: 'N16 the stream is a black hole',
    run: (links, _, ms) => during([links.ws], ms, slow({ swallow: true })),
    felt: grew('swallowed'),
  },
];
