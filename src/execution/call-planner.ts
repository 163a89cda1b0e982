/**
 * How approved commands travel: alone or in batches. A single call on a shard's own bucket leaves the unscoped bucket to others and settles by itself, so it is
 * preferred while there are few; many of one kind share a batch, which is one request instead of many, where the unscoped bucket can pay for all of it: a batch
 * that it cannot pay in full is refused in full.
 * Only placements and cancels can be batched; the exchange has no batch of amends or decreases. Cancels travel first.
 */
import type { Approved, Call, VenueCommand } from '../domain/order.js';
import { UNSCOPED } from './write-budget.js';

export interface PlanInput {
  readonly shardOf: (command: VenueCommand) => number;
  /** Tokens that the unscoped bucket holds beyond what these very commands were counted with. */
  readonly unscopedTokens: number;
  readonly cost: (kind: VenueCommand['type']) => number;
}

/** Up to so many of one kind go as single calls: as many warm connections are kept, one request in flight on each. */
const SINGLES_MAX = 4;
/** Older documents of the exchange name 20 as the most in a batch; the newer ones no number. */
const BATCH_MAX = 20;

const ORDER = ['cancel', 'decrease', 'amend', 'place'] as const;

export const planCalls = (commands: readonly Approved<VenueCommand>[], input: PlanInput): Call[] => {
  const first = commands[0];
  if (first === undefined) return [];
  if (commands.length === 1) return [{ mode: 'single', commands: [first] }];
  const calls: Call[] = [];
  let unscoped = input.unscopedTokens;
  for (const kind of ORDER) {
    const some = commands.filter((command) => command.type === kind);
    const canBatch = kind === 'cancel' || kind === 'place';
    if (!canBatch || some.length <= SINGLES_MAX) {
      for (const command of some) calls.push({ mode: 'single', commands: [command] });
      continue;
    }
    for (let at = 0; at < some.length; at += BATCH_MAX) {
      const part = some.slice(at, at + BATCH_MAX);
      const extra = input.cost(kind) * part.filter((command) => input.shardOf(command) !== UNSCOPED).length;
      const fits = part.length > 1 && extra <= unscoped;
      if (fits) {
        unscoped -= extra;
        calls.push({ mode: 'batch', commands: part });
      } else for (const command of part) calls.push({ mode: 'single', commands: [command] });
    }
  }
  return calls;
};
