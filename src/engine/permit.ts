/** The last stage of a decision: what may leave now. A command that passes is noted as sent before it leaves. */
import type { NoQuote } from '../domain/actions.js';
import type { VenueCommand } from '../domain/order.js';
import type { EpochUs } from '../domain/units.js';
import type { TopOfBook } from '../orderbook/own-orders.js';
import type { EngineState } from './engine-state.js';
import type { MarketState } from './market-state.js';
import { refreshExposure, riskContext } from './risk-view.js';

/** Asks risk and the rate budget; what passes is noted as sent. @returns why not, or null */
export const permit = (engine: EngineState, state: MarketState, top: TopOfBook, command: VenueCommand): NoQuote | null => {
  const held = heldBack(engine, state, command);
  if (held !== null) return held;
  const verdict = engine.risk.approve(command, riskContext(engine, state, top));
  if (!verdict.ok) return { code: verdict.code, text: verdict.text };
  engine.budgets.take({ kind: command.type, shard: state.market.shard, now: engine.now });
  engine.orders.sent(command, engine.now);
  engine.recovery.commandSent(engine.now);
  engine.out.commands.push(verdict.command);
  refreshExposure(engine, state);
  return null;
};

/** New orders and changes wait out a 429 and an empty bucket; cancels never do. */
const heldBack = (engine: EngineState, state: MarketState, command: VenueCommand): NoQuote | null => {
  if (command.type === 'cancel') return null;
  if (engine.now < engine.pausedUntil) {
    state.dueAt = earlier(state.dueAt, engine.pausedUntil);
    return { code: 'rate-limited', text: 'the exchange said too many requests: new orders wait' };
  }
  const spend = { kind: command.type, shard: state.market.shard, now: engine.now };
  if (engine.budgets.affordable(spend, engine.orders.openCount)) return null;
  state.dueAt = engine.now;
  return {
    code: 'budget',
    text: `the write budget holds ${Math.floor(engine.budgets.tokens(spend.shard, engine.now))} tokens, this needs ${engine.budgets.cost(command.type)} beyond what is kept for cancels`,
  };
};

const earlier = (a: EpochUs | null, b: EpochUs): EpochUs => (a === null || b < a ? b : a);
