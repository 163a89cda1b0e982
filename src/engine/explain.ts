/** Why a market is quoted as it is: the decision made again with a witness, and nothing changed by asking. */
import type { Decision, NoQuote } from '../domain/actions.js';
import type { EpochUs } from '../domain/units.js';
import type { MarketView, Target, Trail } from '../domain/view.js';
import { peek, viewOf, whyShut, withoutGrowth } from './decide.js';
import type { EngineState } from './engine-state.js';
import type { MarketState } from './market-state.js';
import { riskContext } from './risk-view.js';

export interface ExplainedInput {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Standard error of an estimate; null for a setting or a fact. */
  readonly error: number | null;
}

/** Where both quotes stand after a step, in price units; null where a side is gone. */
export interface ExplainedStep {
  readonly name: string;
  readonly bid: number | null;
  readonly ask: number | null;
}

export interface Explanation {
  readonly at: EpochUs;
  readonly strategy: string;
  readonly view: MarketView;
  /** What stands against any quote, or null; then there are neither steps nor targets. */
  readonly shut: NoQuote | null;
  readonly inputs: readonly ExplainedInput[];
  readonly steps: readonly ExplainedStep[];
  /** What the strategy wants, and what is left of it by drift and limits. */
  readonly wanted: Target | null;
  readonly permitted: Target | null;
  /** The last decision, with what rests. */
  readonly decision: Decision | null;
}

export class RecordedTrail implements Trail {
  readonly inputs: ExplainedInput[] = [];
  readonly steps: ExplainedStep[] = [];

  input(name: string, value: number, unit: string, error: number | null = null): void {
    this.inputs.push({ name, value, unit, error });
  }

  step(name: string, bid: number | null, ask: number | null): void {
    this.steps.push({ name, bid, ask });
  }
}

export const explain = (engine: EngineState, state: MarketState): Explanation => {
  const top = peek(engine, state);
  const view = viewOf(engine, state, top);
  const shut = whyShut(engine, state);
  const common = { at: engine.now, strategy: engine.strategy.name, view, shut, decision: state.last };
  if (shut !== null) return { ...common, inputs: [], steps: [], wanted: null, permitted: null };
  const trail = new RecordedTrail();
  const wanted = engine.strategy.quote(view, trail);
  const permitted = engine.risk.shape(withoutGrowth(engine, state, view.inventory, wanted), riskContext(engine, state, top));
  return { ...common, inputs: trail.inputs, steps: trail.steps, wanted, permitted };
};
