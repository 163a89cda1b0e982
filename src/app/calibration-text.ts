/** What was estimated, as a table and as a piece of configuration. */
import type { Estimate } from '../domain/estimates.js';
import { LEAVES } from '../config/schema.js';
import { shown } from '../screen/estimates-text.js';
import type { MarketCalibration } from './calibration-market.js';
import type { PooledCalibration } from './calibration-pool.js';

const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;
const ROOT_OF_HOUR = Math.sqrt(SECONDS_PER_HOUR);
const DIGITS = 4;

export const perRootHour = (estimate: Estimate | null): Estimate | null => times(estimate, ROOT_OF_HOUR);
export const perHour = (estimate: Estimate | null): Estimate | null => times(estimate, SECONDS_PER_HOUR);
export const perMinute = (estimate: Estimate | null): Estimate | null => times(estimate, SECONDS_PER_MINUTE);

const times = (estimate: Estimate | null, factor: number): Estimate | null =>
  estimate === null ? null : { value: estimate.value * factor, error: estimate.error === null ? null : estimate.error * factor };

const COLUMNS = [
  ['market', 28],
  ['hours', 6],
  ['volatility/sqrt h', 17],
  ['jumps/h', 13],
  ['of size', 13],
  ['fills', 7],
  ['kappa/$', 13],
  ['fills/min', 13],
] as const;

export const tableLines = (markets: readonly MarketCalibration[], pooled: PooledCalibration): readonly string[] => [
  line(COLUMNS.map(([name]) => name)),
  ...markets.flatMap((market) => [row(market.ticker.slice(-28), market, market), ...market.notes.map((note) => `  ${note}`)]),
  row('all, by information', { hours: sum(markets, 'hours'), fills: sum(markets, 'fills') }, pooled),
];

const row = (name: string, { hours, fills }: Pick<MarketCalibration, 'hours' | 'fills'>, of: PooledCalibration): string =>
  line([
    name,
    hours.toFixed(1),
    cell(perRootHour(of.volatility)),
    cell(perHour(of.jumpRate)),
    cell(of.jumpSize),
    String(Number(fills.toFixed(1))),
    cell(of.decay),
    cell(perMinute(of.intensity)),
  ]);

const cell = (estimate: Estimate | null): string => (estimate === null ? '-' : shown(estimate));

const line = (cells: readonly string[]): string =>
  COLUMNS.map(([, width], i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width))).join(' ');

const sum = (markets: readonly MarketCalibration[], key: 'hours' | 'fills'): number =>
  markets.reduce((total, market) => total + market[key], 0);

export interface ConfiguredValue {
  /** Such as `strategy.kappa_per_dollar`. */
  readonly key: string;
  readonly value: number;
  readonly error: number | null;
}

export interface CalibratedConfig {
  readonly values: readonly ConfiguredValue[];
  /** Values that the configuration does not take, each with the reason. */
  readonly left: readonly string[];
}

/** What of it belongs into a configuration. */
export const configOf = (pooled: PooledCalibration): CalibratedConfig => {
  const wanted: readonly (readonly [key: string, estimate: Estimate | null])[] = [
    ['strategy.kappa_per_dollar', pooled.decay],
    ['estimates.belief_volatility_per_sqrt_hour', perRootHour(pooled.volatility)],
    ['estimates.jumps_per_hour', perHour(pooled.jumpRate)],
    ['estimates.jump_size_log_odds', pooled.jumpSize],
    ['estimates.fills_per_minute', perMinute(pooled.intensity)],
  ];
  const values: ConfiguredValue[] = [];
  const left: string[] = [];
  for (const [key, estimate] of wanted) {
    if (estimate === null) {
      left.push(`${key} could not be estimated: its present value stays`);
      continue;
    }
    const value = Number(estimate.value.toPrecision(DIGITS));
    const leaf = LEAVES.get(key);
    if (leaf?.schema.safeParse(value).success === true) values.push({ key, value, error: estimate.error });
    else left.push(`${key}: estimated ${value}, and the configuration takes ${leaf?.rule ?? 'no such key'}`);
  }
  return { values: withFloor(values), left };
};

/** A volatility below the floor would be refused: the floor goes down with it. */
const withFloor = (values: readonly ConfiguredValue[]): readonly ConfiguredValue[] => {
  const key = 'estimates.belief_volatility_floor_per_sqrt_hour';
  const volatility = values.find((each) => each.key === 'estimates.belief_volatility_per_sqrt_hour')?.value ?? Infinity;
  const floor = Number(LEAVES.get(key)?.default ?? 0);
  return volatility >= floor ? values : [...values, { key, value: Number((volatility / 10).toPrecision(DIGITS)), error: null }];
};

/** A file for --config, alone or to be copied from. */
export const yamlOf = ({ values, left }: CalibratedConfig, source: string): string => {
  const lines = [`# ${source}`, '# One value for all markets, each market counted by what it knows.', ...left.map((text) => `# ${text}.`)];
  for (const section of new Set(values.map(({ key }) => key.split('.')[0]))) {
    lines.push(`${section}:`);
    for (const { key, value, error } of values)
      if (key.startsWith(`${section}.`))
        lines.push(
          `  ${key.slice(key.indexOf('.') + 1)}: ${value}${error === null ? '' : ` # standard error ${Number(error.toPrecision(2))}`}`,
        );
  }
  return `${lines.join('\n')}\n`;
};
