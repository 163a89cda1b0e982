/** Which parameters are tried: `--sweep gamma=0.005..0.05:6` as texts for configuration keys, and the grid of all their combinations. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { LEAVES, type Leaf } from '../config/schema.js';
import type { Override } from '../config/text-source.js';
import { nearestName } from '../domain/near-name.js';

/** One key and what it takes. */
export interface SweepAxis {
  /** As it was written: `gamma`. */
  readonly name: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** One combination. The first is the configuration as it stands. */
export interface SweepPoint {
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
  readonly overrides: readonly Override[];
}

/** Short names of the keys that are tried most. */
export const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['strategy', 'strategy.model'],
  ['gamma', 'strategy.gamma_per_dollar'],
  ['kappa', 'strategy.kappa_per_dollar'],
  ['horizon', 'strategy.horizon_seconds'],
  ['lot', 'strategy.order_size_contracts'],
  ['edge', 'strategy.edge_min_cents'],
  ['half-spread', 'strategy.half_spread_cents'],
  ['offset', 'strategy.offset_cents'],
  ['giveaway', 'strategy.giveaway_max_cents'],
  ['size-decay', 'strategy.size_decay_per_contract'],
  ['sigma', 'volatility.prior_dollars_per_sqrt_second'],
  ['sigma-floor', 'volatility.floor_dollars_per_sqrt_second'],
  ['averaging', 'volatility.averaging_seconds'],
  ['position', 'risk.position_max_contracts'],
  ['collar', 'risk.collar_cents'],
  ['debounce', 'execution.debounce_ms'],
  ['latency', 'paper.latency_ms'],
]);

/** Sections that decide nothing in a backtest. */
const OUTSIDE = ['environment', 'credentials', 'markets', 'connector', 'logger', 'journal', 'exchange'];
const VALUES_DEFAULT = 5;
const VALUES_MAX = 200;
export const POINTS_MAX = 2000;

const SHAPE = 'a list such as 60,300,900, or a range such as 0.005..0.05, 0.005..0.05:6 or 0.001..0.1:5:log';

/** @throws CommandFailure (usage) that says what was expected */
export const parseSweep = (text: string): SweepAxis => {
  const split = text.indexOf('=');
  if (split <= 0)
    throw wrong(text, `expected <key>=<values>, got ${split < 0 ? 'no "="' : 'no key'}`, 'write for instance --sweep gamma=0.005..0.05:6');
  const name = text.slice(0, split).trim();
  const leaf = leafOf(text, name);
  const spec = text.slice(split + 1).trim();
  const values = spec.includes('..') ? rangeOf(text, leaf, spec) : spec.split(',').map((value) => value.trim());
  if (values.some((value) => value === '')) throw wrong(text, `expected ${SHAPE}, got "${spec}"`, 'name at least one value');
  return { name, key: leaf.path, values: [...new Set(values)] };
};

const wrong = (text: string, what: string, fix: string): CommandFailure =>
  new CommandFailure(ExitCode.usage, `option --sweep ${text}: ${what}`, { fix });

const leafOf = (text: string, name: string): Leaf => {
  const leaf = LEAVES.get(SHORT_NAMES.get(name) ?? name);
  if (leaf === undefined) {
    const near = nearestName(name, [...SHORT_NAMES.keys(), ...LEAVES.keys()]);
    throw wrong(
      text,
      `expected a key of the configuration or one of ${[...SHORT_NAMES.keys()].join(', ')}, got "${name}"`,
      near === null ? 'see: kmm config show' : `write ${near}`,
    );
  }
  const section = leaf.path.split('.')[0] as string;
  if (OUTSIDE.includes(section))
    throw wrong(text, `expected a key that decides about quotes, got ${leaf.path}`, `sweep keys outside of ${OUTSIDE.join(', ')}`);
  return leaf;
};

const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i;

const rangeOf = (text: string, leaf: Leaf, spec: string): readonly string[] => {
  if (leaf.kind !== 'integer' && leaf.kind !== 'number' && leaf.kind !== 'decimal')
    throw wrong(text, `expected a list, since ${leaf.path} is ${leaf.rule}`, 'write the values with commas between them');
  const [bounds = '', count, scale, ...rest] = spec.split(':');
  const [lowText = '', highText = '', ...more] = bounds.split('..');
  const n = count === undefined ? VALUES_DEFAULT : Number(count);
  const isShaped =
    NUMBER.test(lowText) &&
    NUMBER.test(highText) &&
    more.length === 0 &&
    rest.length === 0 &&
    (scale === undefined || scale === 'log' || scale === 'linear');
  if (!isShaped)
    throw wrong(text, `expected ${SHAPE}, got "${spec}"`, 'write low..high, then :number of values, then :log for equal ratios');
  if (!Number.isInteger(n) || n < 2 || n > VALUES_MAX)
    throw wrong(text, `expected 2 to ${VALUES_MAX} values, got ${count ?? ''}`, 'name a whole number of values');
  const [low, high] = [Number(lowText), Number(highText)];
  if (low >= high) throw wrong(text, `expected the lower end first, got ${lowText}..${highText}`, `write ${highText}..${lowText}`);
  if (scale === 'log' && low <= 0)
    throw wrong(text, `expected a lower end above 0 for equal ratios, got ${lowText}`, 'begin above 0, or leave :log out');
  const at = (share: number): number => (scale === 'log' ? low * (high / low) ** share : low + (high - low) * share);
  return Array.from({ length: n }, (_, i) => numberText(i === n - 1 ? high : at(i / (n - 1)), leaf));
};

/** Whole where the key is; cents and contracts have two decimals; six digits are enough for a parameter. */
const numberText = (value: number, { kind }: Leaf): string => {
  if (kind === 'integer') return String(Math.round(value));
  if (kind === 'decimal') return String(Math.round(value * 100) / 100);
  return String(Number(value.toPrecision(6)));
};

/**
 * All combinations, the last axis turning fastest, behind the configuration as it stands.
 * @throws CommandFailure (usage) where a key comes twice or there are too many
 */
export const sweepPoints = (axes: readonly SweepAxis[]): readonly SweepPoint[] => {
  const twice = axes.find((axis, i) => axes.findIndex(({ key }) => key === axis.key) !== i);
  if (twice !== undefined)
    throw new CommandFailure(ExitCode.usage, `option --sweep: expected each key once, got ${twice.key} twice`, {
      fix: 'join their values into one list',
    });
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > POINTS_MAX)
    throw new CommandFailure(ExitCode.usage, `option --sweep: expected at most ${POINTS_MAX} combinations, got ${count}`, {
      fix: 'take fewer values, or sweep one key after the other',
    });
  const configured: SweepPoint = { label: 'configured', values: {}, overrides: [] };
  return axes.length === 0 ? [configured] : [configured, ...combinations(axes).map(pointOf)];
};

type Chosen = readonly { readonly axis: SweepAxis; readonly value: string }[];

const combinations = (axes: readonly SweepAxis[]): readonly Chosen[] =>
  axes.reduce<readonly Chosen[]>(
    (found, axis) => found.flatMap((chosen) => axis.values.map((value) => [...chosen, { axis, value }])),
    [[]],
  );

const pointOf = (chosen: Chosen): SweepPoint => ({
  label: chosen.map(({ axis, value }) => `${axis.name}=${value}`).join(' '),
  values: Object.fromEntries(chosen.map(({ axis, value }) => [axis.key, value])),
  overrides: chosen.map(({ axis, value }) => ({ key: axis.key, text: value, flag: 'sweep' })),
});
