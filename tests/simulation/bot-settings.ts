/** How the bot of a seed is set up: limits that it runs into now and then, and clocks as they are shipped or, mostly, slower ones, so that more hours fit into a minute. */
import { mergeConfig } from '../../src/config/merge.js';
import type { Settings } from '../../src/config/settings.js';
import { toSettings } from '../../src/config/to-settings.js';

export const OUT = '/runs';

/** Few traders lose much; some seeds have a limit that is reached. */
const LOSS_MAX_DOLLARS = 200;
const LOSS_MAX_DOLLARS_TIGHT = 4;
const lossMaxOf = (seed: number): number => (seed % 16 === 7 ? LOSS_MAX_DOLLARS_TIGHT : LOSS_MAX_DOLLARS);

/** Every so many seeds keep the clocks that users get. */
const AS_SHIPPED_EVERY = 32;
export const isAsShipped = (seed: number): boolean => seed % AS_SHIPPED_EVERY === 0;

const slow = (orderLife: number): string => `
engine: { tick_ms: 1000, decision_interval_ms: 5000, fills_every_seconds: 20, reconcile_every_seconds: 60, markets_every_seconds: 30 }
connector: { order_connections: 2, keep_warm_seconds: 0, presigned_ready: 0 }
execution: { order_life_seconds: ${orderLife}, debounce_ticks: 5, debounce_ms: 5000 }
logger: { folder: ${OUT}, tape_rows_waiting_max: 1024, status_every_ms: 10000 }
journal: { snapshot_every_seconds: 30 }
`;
const AS_SHIPPED = `
connector: { presigned_ready: 1 }
execution: { debounce_ticks: 3, debounce_ms: 1000 }
logger: { folder: ${OUT}, tape_rows_waiting_max: 1024 }
`;

const configOf = (seed: number): string => `
markets: { markets_max: 5 }
strategy: { order_size_contracts: 5 }
risk:
  order_size_max_contracts: 25
  position_max_contracts: 40
  position_max_event_contracts: 60
  position_max_account_contracts: 110
  settlement_loss_max_market_dollars: 20
  settlement_loss_max_event_dollars: 25
  capital_max_dollars: 30
  loss_max_session_dollars: ${lossMaxOf(seed)}
  loss_max_market_dollars: ${lossMaxOf(seed) / 2}
  drawdown_max_dollars: 200
${isAsShipped(seed) ? AS_SHIPPED : slow(seed % 4 === 1 ? 60 : 180)}`;

/** Every fourth waits for the platter. */
const durabilityOf = (seed: number): Settings['journal']['durability'] => (seed % 4 === 0 ? 'power' : 'kernel');

export const settingsOf = (seed: number): Settings => {
  const settings = toSettings(mergeConfig({ file: { name: 'simulation', text: configOf(seed) }, variables: {}, overrides: [] }).config);
  return { ...settings, journal: { ...settings.journal, durability: durabilityOf(seed) } };
};
