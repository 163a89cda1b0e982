/** From the words and units of the file to the units of the house. Amounts are converted as texts, so nothing is rounded. */
import type { CalendarWindow } from '../domain/calendar.js';
import { assert } from '../domain/errors.js';
import { eventTicker, seriesTicker, ticker } from '../domain/ids.js';
import type { EstimatorSettings, Horizon, ProtectionSettings, RiskSettings, StrategySettings } from '../domain/settings.js';
import { millis, seconds, type DurationUs } from '../domain/units.js';
import { cashOf, priceOfCents, quantityOf } from './exact-amounts.js';
import { indexSettings } from './index-fields.js';
import type { Config } from './schema.js';
import type { ConnectorSettings, Credentials, Settings } from './settings.js';
import { alphaOf } from './to-alpha.js';

const MEGABYTE = 1024 * 1024;
const SECONDS_PER_HOUR = 3600;

/** @param config a checked configuration @param calendar what its calendar file says */
export const toSettings = (config: Config, calendar: readonly CalendarWindow[] = []): Settings => ({
  environment: config.environment,
  credentials: credentialsOf(config),
  markets: {
    tickers: config.markets.tickers.map(ticker),
    events: config.markets.events.map(eventTicker),
    series: config.markets.series.map(seriesTicker),
    marketsMax: config.markets.markets_max,
  },
  strategy: strategyOf(config),
  estimators: estimatorsOf(config),
  risk: riskOf(config),
  execution: {
    debounceTicks: config.execution.debounce_ticks,
    debounce: millis(config.execution.debounce_ms),
    selfTrade: config.execution.self_trade,
    postOnly: config.execution.post_only,
    cancelOnPause: config.execution.cancel_on_pause,
    orderLife: orderLifeOf(config),
  },
  protection: protectionOf(config),
  engine: {
    clientIdPrefix: config.engine.client_id_prefix,
    dataAgeMax: millis(config.engine.data_age_max_ms),
    quietMarket: seconds(config.engine.quiet_market_seconds),
    rateLimitPause: millis(config.engine.rate_limit_pause_ms),
    commandTimeout: millis(config.engine.command_timeout_ms),
    stopBeforeClose: seconds(config.engine.stop_before_close_seconds),
    decisionInterval: millis(config.engine.decision_interval_ms),
    imbalanceWindow: seconds(config.engine.imbalance_window_seconds),
    reconcileEvery: seconds(config.engine.reconcile_every_seconds),
    fillsEvery: seconds(config.engine.fills_every_seconds),
    proofMargin: millis(config.engine.proof_margin_ms),
    balanceDriftMax: cashOf(config.engine.balance_drift_max_dollars),
    schedule: {
      reduceOnlyBefore: seconds(config.horizon.reduce_only_seconds),
      weeklyPauseLead: config.horizon.weekly_pause === 'pull' ? seconds(config.horizon.weekly_pause_lead_seconds) : null,
      calendar,
    },
  },
  rhythm: {
    tick: millis(config.engine.tick_ms),
    markets: seconds(config.engine.markets_every_seconds),
    status: millis(config.logger.status_every_ms),
    snapshot: seconds(config.journal.snapshot_every_seconds),
  },
  connector: connectorOf(config),
  logger: {
    console: config.logger.console,
    folder: config.logger.folder,
    warnLatency: millis(config.logger.warn_latency_ms),
    tapeBytes: config.logger.tape_rotate_megabytes * MEGABYTE,
    logBytes: config.logger.log_rotate_megabytes * MEGABYTE,
    logFilesKept: config.logger.log_files_kept,
    tapeRows: 2 ** Math.ceil(Math.log2(config.logger.tape_rows_waiting_max)),
    tapeBehindMax: seconds(config.logger.tape_behind_max_seconds),
  },
  journal: { segmentBytes: config.journal.segment_megabytes * MEGABYTE, durability: config.journal.durability },
  alpha: alphaOf(config.alpha),
  indices: indexSettings(config.alpha),
  exchange: {
    seed: config.exchange.seed,
    crowd: config.exchange.crowd,
    tier: config.exchange.tier,
    markets: config.exchange.markets,
    deposit: cashOf(config.exchange.deposit_dollars),
    latency: config.exchange.latency,
    port: config.exchange.port,
    indexEvent: config.exchange.index_event,
  },
  paper: {
    fills: config.paper.fills,
    cancels: config.paper.cancels,
    splitPower: config.paper.split_power,
    takenFor: seconds(config.paper.taken_for_seconds),
    balance: cashOf(config.paper.balance_dollars),
    latency: millis(config.paper.latency_ms),
    jitter: millis(config.paper.jitter_ms),
  },
});

const credentialsOf = (config: Config): Credentials | null => {
  switch (config.environment) {
    case 'sim':
    case 'playback':
      return null;
    case 'demo':
    case 'prod':
    case 'custom': {
      // Only the block of this very environment is looked at.
      const { key_id: keyId, private_key_path: privateKeyPath, passphrase_env: passphraseEnv } = config.credentials[config.environment];
      if (keyId === null || privateKeyPath === null) return null;
      return { keyId, privateKeyPath, ...(passphraseEnv !== null && { passphraseEnv }) };
    }
  }
};

const horizonOf = ({ strategy }: Config): Horizon => {
  switch (strategy.horizon) {
    case 'rolling':
      return { kind: 'rolling', seconds: strategy.horizon_seconds };
    case 'until-close':
      return { kind: 'finite' };
    case 'infinite':
      return { kind: 'infinite', inventoryMax: quantityOf(strategy.horizon_inventory_max_contracts) };
  }
};

const strategyOf = (config: Config): StrategySettings => {
  const { strategy } = config;
  const quote = {
    lot: quantityOf(strategy.order_size_contracts),
    edgeMin: priceOfCents(strategy.edge_min_cents),
    giveawayMax: priceOfCents(strategy.giveaway_max_cents),
    sizeDecayPerContract: strategy.size_decay_per_contract,
    unwindLotsMax: strategy.unwind_lots_max,
  };
  switch (strategy.model) {
    case 'bounded':
      return {
        ...quote,
        name: 'bounded',
        riskAversion: strategy.gamma_per_dollar,
        holding: strategy.holding_seconds,
        earlySettlement: strategy.early_settlements_per_hour / SECONDS_PER_HOUR,
        variance: strategy.variance,
        staleAllowance: strategy.stale_allowance,
        staleIn: strategy.stale_allowance_in,
        requote: strategy.requote_seconds,
        linkOutcomes: strategy.link_outcomes,
      };
    case 'avellaneda-stoikov':
      return {
        ...quote,
        name: 'avellaneda-stoikov',
        riskAversion: strategy.gamma_per_dollar,
        horizon: horizonOf(config),
      };
    case 'glft':
      return {
        ...quote,
        name: 'glft',
        riskAversion: strategy.gamma_per_dollar,
        form: strategy.glft_form,
        utility: strategy.glft_utility,
        inventoryMax: quantityOf(strategy.glft_inventory_max_contracts),
      };
    case 'logit': {
      const horizon = horizonOf(config);
      assert(horizon.kind !== 'infinite', 'strategy.horizon: the rules refuse infinite for logit');
      return { ...quote, name: 'logit', riskAversion: strategy.gamma_per_contract, horizon };
    }
    case 'symmetric':
      return { ...quote, name: 'symmetric', halfSpread: priceOfCents(strategy.half_spread_cents) };
    case 'edge-taker':
      return {
        ...quote,
        name: 'edge-taker',
        edgeTake: priceOfCents(strategy.take_edge_cents),
        errorsAway: strategy.take_errors,
        sizing:
          strategy.take_size === 'fixed'
            ? { kind: 'fixed' }
            : { kind: 'kelly', part: strategy.kelly_percent / 100, bankroll: cashOf(strategy.kelly_bankroll_dollars) },
        signalAgeMax: millis(strategy.signal_age_max_ms),
      };
    case 'fixed':
      return { ...quote, name: 'fixed', offset: priceOfCents(strategy.offset_cents) };
  }
};

const SECONDS_PER_MINUTE = 60;
const ROOT_OF_HOUR = Math.sqrt(SECONDS_PER_HOUR);

const estimatorsOf = ({ volatility, strategy, estimates }: Config): EstimatorSettings => ({
  volatility: {
    prior: volatility.prior_dollars_per_sqrt_second,
    floor: volatility.floor_dollars_per_sqrt_second,
    averaging: seconds(volatility.averaging_seconds),
  },
  belief: {
    prior: estimates.belief_volatility_per_sqrt_hour / ROOT_OF_HOUR,
    floor: estimates.belief_volatility_floor_per_sqrt_hour / ROOT_OF_HOUR,
    averaging: seconds(estimates.belief_averaging_seconds),
    sampling: seconds(estimates.belief_sampling_seconds),
    learn: estimates.learn_belief_volatility,
  },
  jumps: {
    rate: estimates.jumps_per_hour / SECONDS_PER_HOUR,
    size: estimates.jump_size_log_odds,
    weight: estimates.jumps_prior_weight_jumps,
    learn: estimates.learn_jumps,
  },
  fills: {
    decay: strategy.kappa_per_dollar,
    intensity: estimates.fills_per_minute / SECONDS_PER_MINUTE,
    weight: estimates.fills_prior_weight_fills,
    decayLow: estimates.kappa_min_per_dollar,
    decayHigh: estimates.kappa_max_per_dollar,
    memory: seconds(estimates.fills_memory_hours * SECONDS_PER_HOUR),
    learn: estimates.learn_fills,
    fromTrades: estimates.kappa_from_public_trades,
  },
  microprice: estimates.microprice,
  flowAlpha: { learn: estimates.learn_flow_alpha, horizon: seconds(estimates.flow_alpha_horizon_seconds) },
});

const riskOf = ({ risk }: Config): RiskSettings => ({
  orderSizeMax: quantityOf(risk.order_size_max_contracts),
  positionMaxPerMarket: quantityOf(risk.position_max_contracts),
  positionMaxPerEvent: quantityOf(risk.position_max_event_contracts),
  positionMaxPerAccount: quantityOf(risk.position_max_account_contracts),
  settlementLossMaxPerMarket: cashOf(risk.settlement_loss_max_market_dollars),
  settlementLossMaxPerEvent: cashOf(risk.settlement_loss_max_event_dollars),
  capitalMax: cashOf(risk.capital_max_dollars),
  openOrdersMax: risk.open_orders_max,
  orderRateMax: risk.order_rate_max_per_second,
  band: { low: priceOfCents(risk.band_low_cents), high: priceOfCents(risk.band_high_cents) },
  collar: priceOfCents(risk.collar_cents),
  onLimit: risk.on_limit,
  lossMaxSession: cashOf(risk.loss_max_session_dollars),
  lossMaxPerMarket: cashOf(risk.loss_max_market_dollars),
  drawdownMax: cashOf(risk.drawdown_max_dollars),
  duplicateWindow: millis(risk.duplicate_window_ms),
  refusalsMaxPerMinute: risk.refusals_max_per_minute,
  fillBurstMax: quantityOf(risk.fill_burst_max_contracts),
});

const orderLifeOf = ({ execution, protection }: Config): DurationUs | null =>
  protection.expiry === 'off' || execution.order_life_seconds === 0 ? null : seconds(execution.order_life_seconds);

const protectionOf = ({ protection }: Config): ProtectionSettings => ({
  groups:
    protection.order_groups === 'off'
      ? null
      : {
          required: protection.order_groups === 'required',
          coolOff: seconds(protection.cool_off_seconds),
          triggersMax: protection.triggers_max,
          triggersWithin: seconds(protection.triggers_window_seconds),
        },
  renewalShare: protection.renewals_max_percent / 100,
});

const connectorOf = ({ connector }: Config): ConnectorSettings => {
  return {
    restUrl: connector.rest_url,
    websocketUrl: connector.websocket_url,
    subaccount: connector.subaccount,
    requestTimeout: millis(connector.request_timeout_ms),
    connectWithin: millis(connector.connect_timeout_ms),
    pingEvery: millis(connector.ping_ms),
    silenceAfter: millis(connector.silence_ms),
    reconnectAfter: millis(connector.reconnect_after_ms),
    stableAfter: millis(connector.stable_ms),
    backoff: { first: millis(connector.backoff_first_ms), most: millis(connector.backoff_most_ms) },
    orderConnections: connector.order_connections,
    keepWarmEvery: seconds(connector.keep_warm_seconds),
    signatures: { depth: connector.presigned_ready, ageMax: millis(connector.presigned_age_max_ms) },
  };
};
