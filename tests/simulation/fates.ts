/** What becomes of one request: drawn when it leaves, felt when its answer comes or does not. */
import { durationUs, millis, seconds, type DurationUs } from '../../src/domain/units.js';
import type { Json, Reply } from '../../src/exchange/server/replies.js';
import type { FaultKind } from './catalogue.js';
import type { Misfortune } from './misfortune.js';

export interface WireRequest {
  readonly method: string;
  /** With the base path, without the query. */
  readonly path: string;
  readonly search: string;
  readonly body: string;
}

export const isWrite = (request: WireRequest): boolean => request.method !== 'GET';
const isBatch = (request: WireRequest): boolean => request.path.endsWith('/batched');
const isAmend = (request: WireRequest): boolean => request.path.endsWith('/amend');
const isCreate = (request: WireRequest): boolean => request.method === 'POST' && request.path.endsWith('/events/orders');

export interface Fate {
  /** How often the exchange carries it out. */
  runs: 0 | 1 | 2;
  /** Items of a batch that the exchange forgets, by place; null where it is none or all are done. */
  forgets: ((item: number) => boolean) | null;
  /** Stands in the place of the exchange's answer. */
  reply: Reply | null;
  /** Does something to the bytes of the answer. */
  bend: ((text: string) => string) | null;
  answers: 'yes' | 'never' | 'reset';
  /** Added to the way there and to the way back. */
  slowThere: DurationUs;
  slowBack: DurationUs;
  readonly kinds: FaultKind[];
}

const NOTHING = durationUs(0);
const error = (status: number): Reply => ({ status, body: { error: { code: 'service_unavailable', message: 'service unavailable' } } });

/** Faults that hit single writes; at most one of them each time. */
const WRITE_FATES: readonly {
  readonly kind: FaultKind;
  readonly share: number;
  readonly fits?: (request: WireRequest) => boolean;
  readonly make: (fate: Fate, chance: Misfortune) => void;
}[] = [
  { kind: 'n4-request-lost', share: 0.02, make: (fate) => Object.assign(fate, { runs: 0, answers: 'never' }) },
  { kind: 'n5-answer-lost', share: 0.02, make: (fate) => Object.assign(fate, { answers: 'never' }) },
  { kind: 'n6-answer-late', share: 0.02, make: (fate, chance) => (fate.slowBack = chance.between(seconds(3.1), seconds(8))) },
  { kind: 'x1-error-accepted', share: 0.02, make: (fate, chance) => (fate.reply = error(chance.pick([500, 502, 503, 504]) ?? 503)) },
  {
    kind: 'x2-error-refused',
    share: 0.02,
    make: (fate, chance) => Object.assign(fate, { runs: 0, reply: error(chance.pick([500, 502, 503, 504]) ?? 503) }),
  },
  {
    kind: 'x3-timeout-status',
    share: 0.02,
    make: (fate, chance) => Object.assign(fate, { runs: chance.chance(0.5) ? 0 : 1, reply: { status: 408, body: 'request timeout' } }),
  },
  { kind: 'x5-repeated-request', share: 0.03, fits: (request) => !isBatch(request), make: (fate) => (fate.runs = 2) },
  {
    kind: 'x9-batch-error',
    share: 0.2,
    fits: isBatch,
    make: (fate, chance) => Object.assign(fate, { forgets: (item: number) => item > 0 && chance.chance(0.5), reply: error(503) }),
  },
  {
    kind: 'x8-batch-part',
    share: 0.2,
    fits: isBatch,
    make: (fate, chance) => (fate.forgets = (item: number) => item > 0 && chance.chance(0.4)),
  },
  { kind: 'x11-amend-unanswered', share: 0.05, fits: isAmend, make: (fate) => Object.assign(fate, { answers: 'never' }) },
  { kind: 'x4-filled-at-once', share: 0.05, fits: isCreate, make: (fate) => (fate.slowBack = seconds(1)) },
];

export const drawFate = (request: WireRequest, misfortune: Misfortune): Fate => {
  const fate: Fate = {
    runs: 1,
    forgets: null,
    reply: null,
    bend: null,
    answers: 'yes',
    slowThere: NOTHING,
    slowBack: NOTHING,
    kinds: [],
  };
  if (isWrite(request)) {
    for (const { kind, share, fits, make } of WRITE_FATES) {
      if (fits?.(request) === false || !misfortune.strikes(kind, share)) continue;
      make(fate, misfortune);
      if (kind !== 'x4-filled-at-once' && kind !== 'x8-batch-part') fate.kinds.push(kind);
      break;
    }
  } else if (misfortune.strikes('n13-slow-answers', 0.03)) {
    fate.slowBack = misfortune.between(seconds(0.5), seconds(11));
    fate.kinds.push('n13-slow-answers');
  }
  if (misfortune.strikes('n14-segments', 0.05)) {
    fate.kinds.push('n14-segments');
    fate.slowBack = durationUs(fate.slowBack + millis(1));
  }
  return fate;
};

interface BatchItem {
  readonly client_order_id?: string;
  readonly order_id?: string;
}

/** A batch of which some items fail by themselves: what is left of it, and the answer with their errors in their places. */
export const inPart = (
  body: string,
  forgets: (item: number) => boolean,
): { readonly body: string; readonly whole: (reply: Reply) => Reply } => {
  const { orders } = JSON.parse(body) as { orders: BatchItem[] };
  const forgotten = orders.map((_, i) => forgets(i));
  return {
    body: JSON.stringify({ orders: orders.filter((_, i) => forgotten[i] !== true) }),
    whole: (reply) => {
      if (reply.status >= 300) return reply;
      const done = [...(reply.body as unknown as { orders: Json[] }).orders];
      const error = { code: 'internal_error', message: 'internal error' };
      return {
        ...reply,
        body: {
          orders: orders.map(({ client_order_id, order_id }, i) =>
            forgotten[i] === true
              ? { ...(client_order_id === undefined ? {} : { client_order_id }), ...(order_id === undefined ? {} : { order_id }), error }
              : (done.shift() ?? null),
          ),
        },
      };
    },
  };
};
