import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeConfig } from '../../../src/config/merge.js';
import { LEAVES } from '../../../src/config/schema.js';
import type { Settings } from '../../../src/config/settings.js';
import { cashOf, priceOfCents, quantityOf } from '../../../src/config/exact-amounts.js';
import { toSettings } from '../../../src/config/to-settings.js';
import { formatPrice, price } from '../../../src/domain/units.js';
import { makeStrategy } from '../../../src/strategy/strategies.js';
import { CENT, view } from '../strategy/views.js';

const settingsOf = (yaml: string): Settings =>
  toSettings(mergeConfig({ file: { name: 'c.yaml', text: yaml }, variables: {}, overrides: [] }).config);

const at = (settings: Settings, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], settings);

/** One value per key of the file, other than its default, and what it becomes. */
const VALUES: readonly (readonly [key: string, value: string, setting: string, becomes: unknown])[] = [
  ['environment', 'playback', 'environment', 'playback'],
  ['markets.tickers', '[KXA-1]', 'markets.tickers', ['KXA-1']],
  ['markets.events', '[KXA]', 'markets.events', ['KXA']],
  ['markets.series', '[KX]', 'markets.series', ['KX']],
  ['markets.markets_max', '7', 'markets.marketsMax', 7],
  ['strategy.order_size_contracts', '12.5', 'strategy.lot', 1250],
  ['strategy.gamma_per_dollar', '0.05', 'strategy.riskAversion', 0.05],
  ['strategy.kappa_per_dollar', '80', 'estimators.fills.decay', 80],
  ['strategy.holding_seconds', '120.5', 'strategy.holding', 120.5],
  ['strategy.early_settlements_per_hour', '1.8', 'strategy.earlySettlement', 0.0005],
  ['strategy.variance', 'raw', 'strategy.variance', 'raw'],
  ['strategy.stale_allowance', '0.5', 'strategy.staleAllowance', 0.5],
  ['strategy.stale_allowance_in', 'all', 'strategy.staleIn', 'all'],
  ['strategy.requote_seconds', '2', 'strategy.requote', 2],
  ['strategy.link_outcomes', 'false', 'strategy.linkOutcomes', false],
  ['strategy.unwind_lots_max', '2.5', 'strategy.unwindLotsMax', 2.5],
  ['strategy.edge_min_cents', '0.25', 'strategy.edgeMin', 25],
  ['strategy.giveaway_max_cents', '1.5', 'strategy.giveawayMax', 150],
  ['strategy.size_decay_per_contract', '0.02', 'strategy.sizeDecayPerContract', 0.02],
  ['volatility.prior_dollars_per_sqrt_second', '0.003', 'estimators.volatility.prior', 0.003],
  ['volatility.floor_dollars_per_sqrt_second', '0.001', 'estimators.volatility.floor', 0.001],
  ['volatility.averaging_seconds', '90', 'estimators.volatility.averaging', 90_000_000],
  ['estimates.learn_belief_volatility', 'false', 'estimators.belief.learn', false],
  ['estimates.belief_volatility_per_sqrt_hour', '3', 'estimators.belief.prior', 0.05],
  ['estimates.belief_volatility_floor_per_sqrt_hour', '0.6', 'estimators.belief.floor', 0.01],
  ['estimates.belief_averaging_seconds', '600', 'estimators.belief.averaging', 600_000_000],
  ['estimates.belief_sampling_seconds', '2.5', 'estimators.belief.sampling', 2_500_000],
  ['estimates.learn_jumps', 'true', 'estimators.jumps.learn', true],
  ['estimates.jumps_per_hour', '36', 'estimators.jumps.rate', 0.01],
  ['estimates.jump_size_log_odds', '0.75', 'estimators.jumps.size', 0.75],
  ['estimates.jumps_prior_weight_jumps', '8', 'estimators.jumps.weight', 8],
  ['estimates.learn_fills', 'false', 'estimators.fills.learn', false],
  ['estimates.fills_per_minute', '1.5', 'estimators.fills.intensity', 0.025],
  ['estimates.fills_prior_weight_fills', '20', 'estimators.fills.weight', 20],
  ['estimates.fills_memory_hours', '0.5', 'estimators.fills.memory', 1_800_000_000],
  ['estimates.kappa_min_per_dollar', '30', 'estimators.fills.decayLow', 30],
  ['estimates.kappa_max_per_dollar', '200', 'estimators.fills.decayHigh', 200],
  ['estimates.kappa_from_public_trades', 'true', 'estimators.fills.fromTrades', true],
  ['estimates.microprice', 'stoikov', 'estimators.microprice', 'stoikov'],
  ['estimates.learn_flow_alpha', 'true', 'estimators.flowAlpha.learn', true],
  ['estimates.flow_alpha_horizon_seconds', '20', 'estimators.flowAlpha.horizon', 20_000_000],
  ['risk.order_size_max_contracts', '30', 'risk.orderSizeMax', 3000],
  ['risk.position_max_contracts', '120', 'risk.positionMaxPerMarket', 12_000],
  ['risk.position_max_event_contracts', '210', 'risk.positionMaxPerEvent', 21_000],
  ['risk.position_max_account_contracts', '600', 'risk.positionMaxPerAccount', 60_000],
  ['horizon.reduce_only_seconds', '90', 'engine.schedule.reduceOnlyBefore', 90_000_000],
  ['horizon.weekly_pause', 'ignore', 'engine.schedule.weeklyPauseLead', null],
  ['horizon.weekly_pause_lead_seconds', '30', 'engine.schedule.weeklyPauseLead', 30_000_000],
  ['risk.settlement_loss_max_market_dollars', '70.5', 'risk.settlementLossMaxPerMarket', 70_500_000],
  ['risk.settlement_loss_max_event_dollars', '90', 'risk.settlementLossMaxPerEvent', 90_000_000],
  ['risk.capital_max_dollars', '300.25', 'risk.capitalMax', 300_250_000],
  ['risk.open_orders_max', '50', 'risk.openOrdersMax', 50],
  ['risk.order_rate_max_per_second', '9', 'risk.orderRateMax', 9],
  ['risk.band_low_cents', '4.5', 'risk.band.low', 450],
  ['risk.band_high_cents', '95', 'risk.band.high', 9500],
  ['risk.collar_cents', '"8.25"', 'risk.collar', 825],
  ['risk.on_limit', 'refuse', 'risk.onLimit', 'refuse'],
  ['risk.loss_max_session_dollars', '49.999999', 'risk.lossMaxSession', 49_999_999],
  ['risk.loss_max_market_dollars', '"20.10"', 'risk.lossMaxPerMarket', 20_100_000],
  ['risk.drawdown_max_dollars', '30', 'risk.drawdownMax', 30_000_000],
  ['risk.duplicate_window_ms', '700', 'risk.duplicateWindow', 700_000],
  ['risk.refusals_max_per_minute', '5', 'risk.refusalsMaxPerMinute', 5],
  ['risk.fill_burst_max_contracts', '300', 'risk.fillBurstMax', 30_000],
  ['execution.debounce_ticks', '3', 'execution.debounceTicks', 3],
  ['execution.debounce_ms', '300', 'execution.debounce', 300_000],
  ['execution.self_trade', 'maker', 'execution.selfTrade', 'maker'],
  ['execution.post_only', 'false', 'execution.postOnly', false],
  ['execution.cancel_on_pause', 'false', 'execution.cancelOnPause', false],
  ['execution.order_life_seconds', '30', 'execution.orderLife', 30_000_000],
  ['execution.order_life_seconds', '0', 'execution.orderLife', null],
  ['protection.order_groups', 'off', 'protection.groups', null],
  ['protection.order_groups', 'wanted', 'protection.groups.required', false],
  ['protection.cool_off_seconds', '20', 'protection.groups.coolOff', 20_000_000],
  ['protection.triggers_max', '5', 'protection.groups.triggersMax', 5],
  ['protection.triggers_window_seconds', '300', 'protection.groups.triggersWithin', 300_000_000],
  ['protection.expiry', '"off"', 'execution.orderLife', null],
  ['protection.expiry', 'off', 'execution.orderLife', null],
  ['protection.renewals_max_percent', '20', 'protection.renewalShare', 0.2],
  ['engine.client_id_prefix', 'mine', 'engine.clientIdPrefix', 'mine'],
  ['engine.tick_ms', '50', 'rhythm.tick', 50_000],
  ['engine.markets_every_seconds', '20', 'rhythm.markets', 20_000_000],
  ['logger.status_every_ms', '500', 'rhythm.status', 500_000],
  ['journal.snapshot_every_seconds', '5', 'rhythm.snapshot', 5_000_000],
  ['engine.data_age_max_ms', '4000', 'engine.dataAgeMax', 4_000_000],
  ['engine.quiet_market_seconds', '90', 'engine.quietMarket', 90_000_000],
  ['engine.rate_limit_pause_ms', '3000', 'engine.rateLimitPause', 3_000_000],
  ['engine.command_timeout_ms', '6000', 'engine.commandTimeout', 6_000_000],
  ['engine.stop_before_close_seconds', '90', 'engine.stopBeforeClose', 90_000_000],
  ['engine.decision_interval_ms', '500', 'engine.decisionInterval', 500_000],
  ['engine.imbalance_window_seconds', '5.5', 'engine.imbalanceWindow', 5_500_000],
  ['engine.reconcile_every_seconds', '20', 'engine.reconcileEvery', 20_000_000],
  ['engine.fills_every_seconds', '5', 'engine.fillsEvery', 5_000_000],
  ['engine.proof_margin_ms', '400', 'engine.proofMargin', 400_000],
  ['engine.balance_drift_max_dollars', '2.5', 'engine.balanceDriftMax', 2_500_000],
  ['logger.tape_behind_max_seconds', '9', 'logger.tapeBehindMax', 9_000_000],
  ['journal.durability', 'power', 'journal.durability', 'power'],
  ['connector.rest_url', 'https://example.org/v2', 'connector.restUrl', 'https://example.org/v2'],
  ['connector.websocket_url', 'wss://example.org/v2', 'connector.websocketUrl', 'wss://example.org/v2'],
  ['connector.subaccount', '3', 'connector.subaccount', 3],
  ['connector.request_timeout_ms', '1000', 'connector.requestTimeout', 1_000_000],
  ['connector.connect_timeout_ms', '2000', 'connector.connectWithin', 2_000_000],
  ['connector.ping_ms', '1500', 'connector.pingEvery', 1_500_000],
  ['connector.silence_ms', '6000', 'connector.silenceAfter', 6_000_000],
  ['connector.reconnect_after_ms', '11000', 'connector.reconnectAfter', 11_000_000],
  ['connector.stable_ms', '1000', 'connector.stableAfter', 1_000_000],
  ['connector.backoff_first_ms', '250', 'connector.backoff.first', 250_000],
  ['connector.backoff_most_ms', '20000', 'connector.backoff.most', 20_000_000],
  ['connector.order_connections', '6', 'connector.orderConnections', 6],
  ['connector.keep_warm_seconds', '30', 'connector.keepWarmEvery', 30_000_000],
  ['connector.presigned_ready', '8', 'connector.signatures.depth', 8],
  ['connector.presigned_age_max_ms', '400', 'connector.signatures.ageMax', 400_000],
  ['logger.console', 'trades', 'logger.console', 'trades'],
  ['logger.folder', '/var/lib/kmm', 'logger.folder', '/var/lib/kmm'],
  ['logger.warn_latency_ms', '200', 'logger.warnLatency', 200_000],
  ['logger.tape_rotate_megabytes', '10', 'logger.tapeBytes', 10_485_760],
  ['logger.log_rotate_megabytes', '2', 'logger.logBytes', 2_097_152],
  ['logger.tape_rows_waiting_max', '3000', 'logger.tapeRows', 4096],
  ['logger.log_files_kept', '9', 'logger.logFilesKept', 9],
  ['journal.segment_megabytes', '64', 'journal.segmentBytes', 67_108_864],
  ['alpha.file', 'signals.json', 'alpha.file', 'signals.json'],
  ['alpha.age_max_seconds', '2.5', 'alpha.ageMax', 2_500_000],
  ['alpha.shift_max_cents', '0.5', 'alpha.shiftMax', 50],
  ['alpha.index_age_max_seconds', '1.5', 'indices.ageMax', 1_500_000],
  ['alpha.index_jump_max_deviations', '12', 'indices.jumpSigmasMax', 12],
  ['alpha.index_confidence_percent', '25', 'indices.confidence', 0.25],
  ['alpha.index_shift_max_cents', '1.5', 'indices.shiftMax', 150],
  ['alpha.volatility_age_max_seconds', '60', 'indices.volatilityAgeMax', 60_000_000],
  [
    'alpha.indices',
    '[KXBTCD=BRTI, KXXAU=Metal.XAU/USD 1x1s strict, KXETH=ETHUSD_RTI 300x0.2s inclusive]',
    'indices.mappings',
    [
      { series: 'KXBTCD', index: 'BRTI', samples: 60, spacing: 1_000_000, atStrike: 'as-listed' },
      { series: 'KXXAU', index: 'Metal.XAU/USD', samples: 1, spacing: 1_000_000, atStrike: 'pays-not' },
      { series: 'KXETH', index: 'ETHUSD_RTI', samples: 300, spacing: 200_000, atStrike: 'pays' },
    ],
  ],
  ['alpha.fade', 'linear', 'alpha.fade', 'linear'],
  ['alpha.total_max_cents', '1.5', 'alpha.totalMax', 150],
  ['alpha.cfbenchmarks_indices', '[BRTI]', 'alpha.cfbenchmarks', ['BRTI']],
  ['alpha.pyth_underlyings', '[Metal.XAU/USD]', 'alpha.pyth', ['Metal.XAU/USD']],
  ['alpha.index_volatility_prior_percent', '80', 'alpha.volatilityPrior', 0.8],
  ['exchange.index_event', 'true', 'exchange.indexEvent', true],
  ['exchange.seed', 'other', 'exchange.seed', 'other'],
  ['exchange.crowd', 'calm', 'exchange.crowd', 'calm'],
  ['exchange.tier', 'prime', 'exchange.tier', 'prime'],
  ['exchange.markets', '2', 'exchange.markets', 2],
  ['exchange.deposit_dollars', '500.5', 'exchange.deposit', 500_500_000],
  ['exchange.latency', 'false', 'exchange.latency', false],
  ['exchange.port', '8080', 'exchange.port', 8080],
  ['paper.fills', 'optimistic', 'paper.fills', 'optimistic'],
  ['paper.cancels', 'behind', 'paper.cancels', 'behind'],
  ['paper.split_power', '2.5', 'paper.splitPower', 2.5],
  ['paper.taken_for_seconds', '3', 'paper.takenFor', 3_000_000],
  ['paper.balance_dollars', '50.25', 'paper.balance', 50_250_000],
  ['paper.latency_ms', '35', 'paper.latency', 35_000],
  ['paper.jitter_ms', '5', 'paper.jitter', 5000],
];

/** Read by some models only; see the test of the models. */
const MODEL_KEYS = [
  'model',
  'half_spread_cents',
  'offset_cents',
  'horizon',
  'horizon_seconds',
  'horizon_inventory_max_contracts',
  'gamma_per_contract',
  'glft_form',
  'glft_utility',
  'glft_inventory_max_contracts',
  'take_edge_cents',
  'take_errors',
  'take_size',
  'kelly_percent',
  'kelly_bankroll_dollars',
  'signal_age_max_ms',
];

describe('every key of the file becomes its setting and changes no other', () => {
  const defaults = settingsOf('');
  for (const [key, value, setting, becomes] of VALUES)
    test(`${key}: ${value}`, () => {
      const names = key.split('.');
      const yaml = names.length === 1 ? `${key}: ${value}` : `${names[0]}: {${names[1]}: ${value}}`;
      const settings = settingsOf(yaml);
      expect(at(settings, setting)).toEqual(becomes);
      expect(at(defaults, setting)).not.toEqual(becomes);
      // Undone in a copy, nothing else differs.
      const copy = structuredClone(settings);
      const parent = at(copy, setting.split('.').slice(0, -1).join('.') || 'markets') as Record<string, unknown>;
      const target = setting.includes('.') ? parent : (copy as unknown as Record<string, unknown>);
      target[setting.split('.').at(-1) as string] = at(defaults, setting);
      expect(copy).toEqual(defaults);
    });

  test('no key is left out', () => {
    const covered = new Set(VALUES.map(([key]) => key));
    // These act together with others and have tests of their own below.
    const together = [...LEAVES.keys()].filter((key) => key.startsWith('credentials.'));
    const models = MODEL_KEYS.map((key) => `strategy.${key}`);
    // Names a file, which is read beside the configuration: see config-file.test.ts.
    const files = ['horizon.calendar_file'];
    // The feeds have a file of their own; the hosts are a rule and no setting.
    const feeds = ['crypto_com', 'polymarket', 'odds', 'redis', 'hosts_allowed'].map((name) => `alpha.${name}`);
    const others = [...together, ...models, ...files, ...feeds];
    expect([...LEAVES.keys()].filter((key) => !covered.has(key) && !others.includes(key))).toEqual([]);
  });
});

test('the models take their own parameters', () => {
  expect(settingsOf('strategy: {model: symmetric, half_spread_cents: 1.5}').strategy).toMatchObject({
    name: 'symmetric',
    halfSpread: 150,
    lot: 1000,
  });
  expect(settingsOf('strategy: {model: fixed, offset_cents: 3}').strategy).toMatchObject({ name: 'fixed', offset: 300, lot: 1000 });
  expect(settingsOf('strategy: {model: glft}').strategy).toMatchObject({
    name: 'glft',
    riskAversion: 0.02,
    form: 'stationary',
    utility: 'exponential',
    inventoryMax: 10_000,
  });
  expect(
    settingsOf('strategy: {model: glft, glft_form: finite, glft_utility: penalty, glft_inventory_max_contracts: 50}').strategy,
  ).toMatchObject({ form: 'finite', utility: 'penalty', inventoryMax: 5000 });
  expect(settingsOf('strategy: {model: logit}').strategy).toMatchObject({
    riskAversion: 0.005,
    horizon: { kind: 'rolling', seconds: 300 },
  });
  expect(settingsOf('strategy: {model: logit, gamma_per_contract: 0.02, horizon: until-close}').strategy).toMatchObject({
    name: 'logit',
    riskAversion: 0.02,
    horizon: { kind: 'finite' },
  });
  const taker = (rest: string) => settingsOf(`alpha: {indices: [KXBTCD=BRTI]}\nstrategy: {model: edge-taker${rest}}`).strategy;
  expect(taker('')).toMatchObject({ name: 'edge-taker', edgeTake: 100, errorsAway: 1, sizing: { kind: 'fixed' }, signalAgeMax: 2_000_000 });
  expect(
    taker(
      ', take_edge_cents: 0.5, take_errors: 2, take_size: kelly, kelly_percent: 25, kelly_bankroll_dollars: 500, signal_age_max_ms: 900',
    ),
  ).toMatchObject({ edgeTake: 50, errorsAway: 2, sizing: { kind: 'kelly', part: 0.25, bankroll: 500_000_000 }, signalAgeMax: 900_000 });
  const stoikov = (rest: string) => settingsOf(`strategy: {model: avellaneda-stoikov${rest}}`).strategy;
  expect(stoikov('')).toMatchObject({ name: 'avellaneda-stoikov', riskAversion: 0.02, horizon: { kind: 'rolling', seconds: 300 } });
  expect(stoikov(', horizon_seconds: 120.5')).toMatchObject({ horizon: { kind: 'rolling', seconds: 120.5 } });
  expect(stoikov(', horizon: until-close')).toMatchObject({ horizon: { kind: 'finite' } });
  expect(stoikov(', horizon: infinite, horizon_inventory_max_contracts: 150')).toMatchObject({
    horizon: { kind: 'infinite', inventoryMax: 15_000 },
  });
});

describe('credentials', () => {
  const block = (name: string): string => `${name}: {key_id: ${name}-12345678, private_key_path: ${name}.pem}`;
  const all = `credentials: {${['demo', 'prod', 'custom'].map(block).join(', ')}}`;
  const addresses = 'connector: {rest_url: "https://example.org", websocket_url: "wss://example.org"}';
  for (const name of ['demo', 'prod', 'custom'])
    test(`of ${name} are those of its own block`, () => {
      expect(settingsOf(`environment: ${name}\n${all}\n${addresses}`).credentials).toEqual({
        keyId: `${name}-12345678`,
        privateKeyPath: `${name}.pem`,
      });
      expect(settingsOf(`environment: ${name}\n${addresses}`).credentials).toBeNull();
    });
  for (const name of ['sim', 'playback'])
    test(`of nobody in ${name}`, () => expect(settingsOf(`environment: ${name}\n${all}`).credentials).toBeNull());
  test('name the variable of the passphrase where there is one', () => {
    const yaml = 'environment: demo\ncredentials: {demo: {key_id: "12345678", private_key_path: k.pem, passphrase_env: MY_PASS}}';
    expect(settingsOf(yaml).credentials).toEqual({ keyId: '12345678', privateKeyPath: 'k.pem', passphraseEnv: 'MY_PASS' });
  });
});

describe('amounts are exact', () => {
  test('cents of every price', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999, max: 999_999 }), (units) => {
        const text = `${units < 0 ? '-' : ''}${String(Math.abs(units)).padStart(3, '0').replace(/(..)$/, '.$1')}`;
        expect(priceOfCents(text)).toBe(units === 0 ? 0 : units);
        expect(formatPrice(priceOfCents(Number(text)))).toBe(formatPrice(price(units)));
      }),
    );
  });
  test('numbers that floats cannot hold', () => {
    expect([cashOf(0.1), cashOf(0.3), cashOf('1000000'), cashOf(4.35), cashOf(1.000001)]).toEqual([
      100_000, 300_000, 1_000_000_000_000, 4_350_000, 1_000_001,
    ]);
    expect([quantityOf(0.07), quantityOf(1.1), quantityOf('2.50')]).toEqual([7, 110, 250]);
    expect([priceOfCents(0.29), priceOfCents(5), priceOfCents(57.01)]).toEqual([29, 500, 5701]);
  });
});

describe('the defaults', () => {
  const settings = settingsOf('');
  test('are those of a small account', () => {
    expect(settings.strategy).toEqual({
      name: 'bounded',
      lot: 1000,
      edgeMin: 0,
      giveawayMax: 100,
      sizeDecayPerContract: 0,
      unwindLotsMax: 1,
      riskAversion: 0.02,
      holding: 300,
      earlySettlement: 0,
      variance: 'exact',
      staleAllowance: 1,
      staleIn: 'indexed',
      requote: 1,
      linkOutcomes: true,
    });
    expect(settings.risk).toMatchObject({ positionMaxPerMarket: 10_000, lossMaxSession: 50_000_000, band: { low: 300, high: 9700 } });
    expect([settings.environment, settings.credentials]).toEqual(['sim', null]);
  });

  test('believe what the quoting reference simulates with, and learn volatility and fills', () => {
    expect(settings.estimators).toMatchObject({
      belief: { prior: 1 / 60, learn: true },
      jumps: { rate: 2 / 3600, size: 0.5, learn: false },
      fills: { decay: 60, intensity: 0.05, weight: 50, decayLow: 20, decayHigh: 300, learn: true, fromTrades: false },
      microprice: 'weighted',
      flowAlpha: { learn: false },
    });
  });

  test('quote at the touch of a spread of four cents and inside one of six', () => {
    const strategy = makeStrategy(settings.strategy);
    const volatility = settings.estimators.volatility.prior * 100;
    const four = strategy.quote(view({ bid: 48, ask: 52, volatility }));
    expect([four.bid?.price, four.ask?.price].map((p) => Number(p) / CENT)).toEqual([48, 52]);
    const six = strategy.quote(view({ bid: 47, ask: 53, volatility }));
    expect([six.bid?.price, six.ask?.price].map((p) => Number(p) / CENT)).toEqual([48, 52]);
    expect([six.bid?.size, six.ask?.size]).toEqual([1000, 1000]);
  });
});
