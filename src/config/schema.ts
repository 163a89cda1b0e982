/**
 * The configuration in words and units of the trade. Every number carries its unit in its key. The bounds are hard ceilings: no file, variable or
 * flag goes beyond them. Defaults suit a small account and are tried out on the simulated exchange.
 */
import { z } from 'zod';
import { alphaSection } from './alpha-schema.js';
import {
  cents,
  choice,
  contracts,
  dollars,
  entryKeys,
  facts,
  flag,
  integer,
  list,
  millis,
  optionalText,
  real,
  secondsField,
  section,
  sectionText,
  text,
  type EntryKey,
  type FieldFacts,
} from './fields.js';

const TICKER = { pattern: /^[A-Z0-9][A-Z0-9._-]{0,99}$/, rule: 'a ticker of capital letters, digits, dots and hyphens' };
const PATH = { pattern: /^[^\n\0]{1,4096}$/, rule: 'a path' };
const URL_SHAPE = {
  pattern: /^(https?|wss?):\/\/[^\s]{1,500}$/,
  rule: 'an address that begins with https://, wss:// or, on this machine, http:// or ws://',
};

const credentials = (environment: string) =>
  section(`API key of the ${environment} environment. It is never used for another one.`, {
    key_id: optionalText('Id of the API key, as the exchange shows it.', {
      pattern: /^[A-Za-z0-9-]{8,64}$/,
      rule: 'the id of an API key (letters, digits and hyphens, 8 to 64 of them)',
      hidden: true,
    }),
    private_key_path: optionalText('Path of the private key file, which nobody else may read (chmod 600).', {
      pattern: /^(?!-----)[^\n\0]{1,4096}$/,
      rule: 'the path of a PEM file, never the key itself',
      hidden: true,
    }),
    passphrase_env: optionalText('Name of the environment variable that holds the passphrase of an encrypted key.', {
      pattern: /^[A-Z_][A-Z0-9_]{0,99}$/,
      rule: 'the name of an environment variable, in capital letters; never the passphrase itself',
      hidden: true,
    }),
  });

/** Names of `strategy.model`, the default first. */
export const STRATEGIES = ['bounded', 'avellaneda-stoikov', 'glft', 'logit', 'symmetric', 'fixed', 'edge-taker'] as const;

export const ENVIRONMENTS = ['sim', 'custom', 'demo', 'prod', 'playback'] as const;

export const configSchema = z
  .strictObject({
    environment: choice(
      'Which world to trade in: sim is the exchange that comes with the program, demo the test exchange, prod real money (which also needs --env prod), custom a host of your own, playback a recording.',
      ENVIRONMENTS,
      'sim',
    ),
    credentials: section('API keys, one block per environment. Secrets stay out of this file: it names paths and variables only.', {
      demo: credentials('demo'),
      prod: credentials('prod'),
      custom: credentials('custom'),
    }),
    markets: section('Which markets to quote. In sim, an empty selection takes the markets of the simulated exchange.', {
      tickers: list('Tickers of single markets.', { ...TICKER, itemsMax: 1000 }),
      events: list('Event tickers; every open market of these is taken.', { ...TICKER, itemsMax: 200 }),
      series: list('Series tickers; every open market of these is taken.', { ...TICKER, itemsMax: 50 }),
      markets_max: integer('At most so many markets are quoted.', 'markets', { default: 5, low: 1, high: 1000 }),
    }),
    strategy: section('How quotes are made.', {
      model: choice(
        'bounded knows that a contract ends at nothing or at its payout; avellaneda-stoikov leans against inventory and volatility of the price, glft does so within a limit, logit in log-odds; symmetric keeps one distance; fixed is the mid minus and plus an offset; edge-taker rests nothing and takes what an index says is worth more.',
        STRATEGIES,
        'bounded',
      ),
      order_size_contracts: contracts('Size of one quote.', { default: 10, low: 0.01, high: 5000 }),
      gamma_per_dollar: real('Risk aversion: how strongly inventory moves both quotes.', 'per dollar', {
        default: 0.02,
        low: 0.000001,
        high: 10,
      }),
      kappa_per_dollar: real('How fast the chance of a fill falls with the distance; a higher value quotes tighter.', 'per dollar', {
        default: 60,
        low: 1,
        high: 1000,
      }),
      horizon: choice(
        'Over which time inventory is a risk: rolling is a constant, until-close the time that is left, infinite has no end (avellaneda-stoikov, and logit but for infinite).',
        ['rolling', 'until-close', 'infinite'],
        'rolling',
      ),
      horizon_seconds: secondsField('The constant of the rolling horizon.', { default: 300, low: 1, high: 86_400 }),
      horizon_inventory_max_contracts: contracts('The inventory that the infinite horizon is made for.', {
        default: 100,
        low: 0.01,
        high: 100_000,
      }),
      holding_seconds: secondsField('How long it takes to trade a position away again (bounded).', { default: 300, low: 1, high: 604_800 }),
      early_settlements_per_hour: real('How often such markets settle before their time (bounded).', 'per hour', {
        default: 0,
        low: 0,
        high: 3600,
      }),
      variance: choice(
        'exact is the risk that is left to be borne; raw counts at least the news of the holding time, for markets that move fast (bounded).',
        ['exact', 'raw'],
        'exact',
      ),
      stale_allowance: real(
        'Part of one standard deviation of the price between two quotes that is added to each side; 0 turns it off (bounded).',
        '',
        { default: 1, low: 0, high: 10 },
      ),
      stale_allowance_in: choice(
        'Where that allowance counts: in indexed markets, which an outside price drives, or in all.',
        ['indexed', 'all'],
        'indexed',
      ),
      requote_seconds: secondsField('From one quote to the next, for that allowance.', { default: 1, low: 0.01, high: 3600 }),
      link_outcomes: flag('Lean against what is held of related outcomes too, so that a complete set is no risk (bounded).', true),
      gamma_per_contract: real('Risk aversion in log-odds: how strongly inventory moves both quotes (logit).', 'per contract', {
        default: 0.005,
        low: 0.000001,
        high: 1,
      }),
      glft_form: choice(
        'stationary is exact without an end, finite exact with the time that is left, closed the usual approximation (glft).',
        ['stationary', 'finite', 'closed'],
        'stationary',
      ),
      glft_utility: choice('exponential utility, or a running penalty on inventory (glft).', ['exponential', 'penalty'], 'exponential'),
      glft_inventory_max_contracts: contracts('No bid with more than this, no ask with less than its negative (glft).', {
        default: 100,
        low: 0.01,
        high: 100_000,
      }),
      half_spread_cents: cents('Distance of each quote from fair value (symmetric).', { default: 2, low: 0.01, high: 50 }),
      offset_cents: cents('Distance of each quote from the mid (fixed).', { default: 2, low: 0.01, high: 50 }),
      edge_min_cents: cents('Least expected gain per contract beyond the model.', { default: 0, low: 0, high: 20 }),
      giveaway_max_cents: cents('Most that is paid per contract to get rid of inventory.', { default: 1, low: 0, high: 20 }),
      size_decay_per_contract: real('How fast the size of the growing side falls with inventory; 0 keeps it.', 'per contract', {
        default: 0,
        low: 0,
        high: 1,
      }),
      unwind_lots_max: real(
        'The side that reduces inventory offers up to so many times the size of a quote, and never more than is held.',
        'of quotes',
        {
          default: 1,
          low: 1,
          high: 20,
        },
      ),
      take_edge_cents: cents('Least that a contract must be worth beyond its price and fee (edge-taker).', {
        default: 1,
        low: 0,
        high: 50,
      }),
      take_errors: real('So many standard errors of the valuation must be left besides (edge-taker).', '', {
        default: 1,
        low: 0,
        high: 10,
      }),
      take_size: choice(
        'fixed takes one order size per signal; kelly a part of what would let the bankroll grow fastest, with what is held already in it (edge-taker).',
        ['fixed', 'kelly'],
        'fixed',
      ),
      kelly_percent: real('That part.', 'of percent', { default: 10, low: 0.1, high: 100 }),
      kelly_bankroll_dollars: dollars('And that bankroll.', { default: 250, low: 0.01, high: 1_000_000 }),
      signal_age_max_ms: millis(
        'An older valuation is not acted upon; nor is a book that is as old, or older than a second (edge-taker).',
        {
          default: 2000,
          low: 50,
          high: 60_000,
        },
      ),
    }),
    volatility: section('How much the price moves, in dollars per square root of a second.', {
      prior_dollars_per_sqrt_second: real('Taken until the market has spoken.', '', { default: 0.0025, low: 0.000001, high: 0.1 }),
      floor_dollars_per_sqrt_second: real('Never less than this.', '', { default: 0.0005, low: 0, high: 0.1 }),
      averaging_seconds: secondsField('Averaging time of the estimate.', { default: 60, low: 1, high: 86_400 }),
    }),
    estimates: section(
      'What is believed of a market before it has spoken, and whether it is learnt. strategy.kappa_per_dollar belongs here too.',
      {
        learn_belief_volatility: flag('Learn from the mid how much the probability moves; otherwise the prior stands.', true),
        belief_volatility_per_sqrt_hour: real(
          'How much the log-odds move in an hour (standard deviation), until the market has spoken. At 50 cents, 1 is about 25 cents; over t hours it grows with the root of t.',
          'per square root of an hour',
          { default: 1, low: 0.001, high: 100 },
        ),
        belief_volatility_floor_per_sqrt_hour: real('Never less than this.', 'per square root of an hour', {
          default: 0.1,
          low: 0,
          high: 100,
        }),
        belief_averaging_seconds: secondsField('How far back the estimate looks.', { default: 300, low: 10, high: 86_400 }),
        belief_sampling_seconds: secondsField('Changes closer together than this count as one: they are mostly the bounce of the quotes.', {
          default: 5,
          low: 0.1,
          high: 3600,
        }),
        learn_jumps: flag('Learn how often news moves the price in one step, and how far.', false),
        jumps_per_hour: real('Steps of news.', 'per hour', { default: 2, low: 0, high: 3600 }),
        jump_size_log_odds: real('Standard deviation of one such step of the log-odds; 0.5 is about 12 cents at 50.', 'of log-odds', {
          default: 0.5,
          low: 0,
          high: 10,
        }),
        jumps_prior_weight_jumps: real('The two values above count for as much as so many jumps that were seen.', 'of jumps', {
          default: 5,
          low: 0.1,
          high: 10_000,
        }),
        learn_fills: flag(
          'Learn from our own quotes and fills how the chance of a fill falls with the distance (kappa), and how high it is.',
          true,
        ),
        fills_per_minute: real('Fills of one whole order per side, for a quote at fair value.', 'per minute', {
          default: 3,
          low: 0.0001,
          high: 10_000,
        }),
        fills_prior_weight_fills: real('The priors of fills and kappa count for as much as so many fills that were seen.', 'of fills', {
          default: 50,
          low: 1,
          high: 100_000,
        }),
        fills_memory_hours: real('What happened this long ago counts for a third of what happens now.', 'of hours', {
          default: 12,
          low: 0.01,
          high: 10_000,
        }),
        kappa_min_per_dollar: real('What is learnt of kappa is never less.', 'per dollar', { default: 20, low: 1, high: 1000 }),
        kappa_max_per_dollar: real('What is learnt of kappa is never more.', 'per dollar', { default: 300, low: 1, high: 1000 }),
        kappa_from_public_trades: flag('Let trades of others move the prior of kappa too, as far as half of the way.', false),
        microprice: choice(
          'What the microprice is: weighted by the sizes at the top, or learnt from how books of that imbalance and spread went on (stoikov).',
          ['weighted', 'stoikov'],
          'weighted',
        ),
        learn_flow_alpha: flag(
          'Shift fair value with the order flow imbalance, as long as it has foretold the microprice in this market (t above 2 on data that it was not fitted to), by half the spread at most.',
          false,
        ),
        flow_alpha_horizon_seconds: secondsField('How far ahead order flow is asked to foretell.', { default: 10, low: 1, high: 600 }),
      },
    ),
    risk: section('What is never exceeded. Position limits count everything that rests or is on its way as filled.', {
      order_size_max_contracts: contracts('No order is larger.', { default: 25, low: 0.01, high: 10_000 }),
      position_max_contracts: contracts('Per market.', { default: 100, low: 0.01, high: 100_000 }),
      position_max_event_contracts: contracts('Over all markets of one event.', { default: 200, low: 0.01, high: 500_000 }),
      position_max_account_contracts: contracts('Over all markets.', { default: 500, low: 0.01, high: 1_000_000 }),
      settlement_loss_max_market_dollars: dollars('Most that one market costs if it settles against us, with all that rests filled.', {
        default: 60,
        low: 0.01,
        high: 1_000_000,
      }),
      settlement_loss_max_event_dollars: dollars('The same by the worst outcome of one event.', {
        default: 120,
        low: 0.01,
        high: 1_000_000,
      }),
      capital_max_dollars: dollars('Most that is lost if every market settles against us.', { default: 250, low: 0.01, high: 1_000_000 }),
      open_orders_max: integer('Resting orders and orders on their way.', 'orders', { default: 40, low: 1, high: 10_000 }),
      order_rate_max_per_second: integer('Placements and amends.', 'orders per second', { default: 10, low: 1, high: 500 }),
      band_low_cents: cents('No order below.', { default: 3, low: 0.01, high: 99.99 }),
      band_high_cents: cents('No order above.', { default: 97, low: 0.01, high: 99.99 }),
      collar_cents: cents('No order further from the mid.', { default: 10, low: 0.01, high: 99 }),
      on_limit: choice('An order beyond a position limit is cut to what is left, or refused.', ['cut', 'refuse'], 'cut'),
      loss_max_session_dollars: dollars('A loss of this much halts trading until a person resets it.', {
        default: 50,
        low: 0.01,
        high: 100_000,
      }),
      loss_max_market_dollars: dollars('A loss of this much in one market stops that market.', { default: 25, low: 0.01, high: 100_000 }),
      drawdown_max_dollars: dollars('A fall of this much from the best result of the session halts trading.', {
        default: 60,
        low: 0.01,
        high: 100_000,
      }),
      duplicate_window_ms: millis('The same order again within this time is taken for a fault.', { default: 500, low: 0, high: 60_000 }),
      refusals_max_per_minute: integer('More refusals than this pause a market.', 'refusals per minute', {
        default: 20,
        low: 1,
        high: 600,
      }),
      fill_burst_max_contracts: contracts(
        'More than this filled within 15 seconds, over all markets of a shard, and the exchange cancels everything of ours there (limit of the order group).',
        { default: 500, low: 1, high: 1_000_000 },
      ),
    }),
    execution: section('How quotes become orders.', {
      debounce_ticks: integer('A change of fewer ticks waits ...', 'ticks', { default: 2, low: 1, high: 100 }),
      debounce_ms: millis('... at most this long. A dangerous quote is pulled at once.', { default: 250, low: 0, high: 60_000 }),
      self_trade: choice('What the exchange does where our own orders would meet.', ['taker-at-cross', 'maker'], 'taker-at-cross'),
      post_only: flag('Orders that would trade on arrival are refused.', true),
      cancel_on_pause: flag('The exchange cancels our orders when it pauses; in a full pause nobody else can.', true),
      order_life_seconds: secondsField(
        'An order that is not renewed expires at the exchange after this time, even if we are gone; 0 for never. With more orders than can be renewed in time it gets longer, and says so.',
        {
          default: 60,
          low: 0,
          high: 86_400,
        },
      ),
    }),
    protection: section('What holds at the exchange even if this program is gone.', {
      order_groups: choice(
        'Every order belongs to an order group of its shard, which one call cancels as a whole. required quotes nothing in a shard without a group; wanted goes on without one; off makes none.',
        ['required', 'wanted', 'off'],
        'required',
      ),
      cool_off_seconds: secondsField('After too many fills have triggered a group, nothing is quoted in its shard for this long.', {
        default: 15,
        low: 1,
        high: 3600,
      }),
      triggers_max: integer('So many triggers within the window hold a shard until a person resumes ...', 'triggers', {
        default: 3,
        low: 1,
        high: 100,
      }),
      triggers_window_seconds: secondsField('... and this is the window.', { default: 600, low: 15, high: 86_400 }),
      expiry: choice(
        'rolling: orders expire after execution.order_life_seconds and are renewed while we live; off: they rest until they are cancelled.',
        ['rolling', 'off'],
        'rolling',
      ),
      renewals_max_percent: integer('Most of the write budget that renewals may use.', 'percent', { default: 30, low: 1, high: 30 }),
    }),
    horizon: section('What time alone forbids: the end of a market, scheduled releases, the weekly pause.', {
      reduce_only_seconds: secondsField(
        'So long before the end of a market (its close or expected result) nothing adds to a position; 0 for never.',
        {
          default: 120,
          low: 0,
          high: 86_400,
        },
      ),
      calendar_file: optionalText('File of scheduled releases around which nothing is quoted (docs/configuration.md).', PATH),
      weekly_pause: choice(
        "pull: nothing rests in the exchange's weekly pause, Thursday 03:00 to 05:00 in New York; ignore: quote until it says so.",
        ['pull', 'ignore'],
        'pull',
      ),
      weekly_pause_lead_seconds: secondsField('Quotes are pulled so long before it.', { default: 60, low: 0, high: 3600 }),
    }),
    engine: section('Clocks and patience.', {
      client_id_prefix: text('Begins the id of every order of ours; two bots of one account need two prefixes.', 'kmm', {
        pattern: /^[a-z][a-z0-9]{1,11}$/,
        rule: 'a small letter and 1 to 11 small letters or digits',
      }),
      tick_ms: millis('How often it is looked whether time alone has brought something: an unanswered order, a silent stream.', {
        default: 100,
        low: 10,
        high: 1000,
      }),
      data_age_max_ms: millis('Older market data pulls all quotes.', { default: 5000, low: 100, high: 60_000 }),
      quiet_market_seconds: secondsField('A market silent for longer is proven again by a snapshot.', {
        default: 60,
        low: 1,
        high: 86_400,
      }),
      rate_limit_pause_ms: millis('New orders pause this long after the exchange said "too many"; cancels pass.', {
        default: 2000,
        low: 100,
        high: 60_000,
      }),
      command_timeout_ms: millis('An unanswered order is looked up after this.', { default: 5000, low: 100, high: 60_000 }),
      stop_before_close_seconds: secondsField('No new quote this long before a market closes.', { default: 60, low: 0, high: 86_400 }),
      decision_interval_ms: millis('A row of the tape per market at least this often.', { default: 1000, low: 10, high: 3_600_000 }),
      imbalance_window_seconds: secondsField('Window of the order flow imbalance.', { default: 10, low: 0.1, high: 3600 }),
      reconcile_every_seconds: secondsField(
        'Orders, fills, positions and balance are compared with the exchange this often; 0 for never.',
        {
          default: 15,
          low: 0,
          high: 3600,
        },
      ),
      fills_every_seconds: secondsField('Orders and fills alone are compared with the exchange this often; 0 for never.', {
        default: 3,
        low: 0,
        high: 3600,
      }),
      markets_every_seconds: secondsField('Descriptions of the markets and pauses of the exchange are read this often.', {
        default: 15,
        low: 1,
        high: 300,
      }),
      proof_margin_ms: millis('A reading proves something once it is valid this long after our last dealing.', {
        default: 250,
        low: 0,
        high: 60_000,
      }),
      balance_drift_max_dollars: dollars('A balance that differs by more from what is explained is told.', {
        default: 1,
        low: 0,
        high: 1_000_000,
      }),
    }),
    connector: section('The way to the exchange.', {
      rest_url: optionalText("Base address of REST calls; null takes the exchange's own.", URL_SHAPE),
      websocket_url: optionalText("Address of the stream; null takes the exchange's own.", URL_SHAPE),
      subaccount: integer('Which subaccount trades; 0 is the primary one.', '', { default: 0, low: 0, high: 63 }),
      request_timeout_ms: millis('A call without an answer is given up, its outcome unknown.', { default: 4000, low: 100, high: 60_000 }),
      connect_timeout_ms: millis('Most time for a connection to open.', { default: 10_000, low: 100, high: 60_000 }),
      ping_ms: millis('How often the stream is asked for a sign of life.', { default: 2000, low: 100, high: 60_000 }),
      silence_ms: millis('A stream silent for longer pulls all quotes ...', { default: 5000, low: 200, high: 60_000 }),
      reconnect_after_ms: millis('... and is replaced after this.', { default: 10_000, low: 200, high: 120_000 }),
      stable_ms: millis('A stream that broke is trusted again after living this long.', { default: 5000, low: 0, high: 60_000 }),
      backoff_first_ms: millis('Upper bound of the first wait before a new attempt; it doubles ...', {
        default: 500,
        low: 10,
        high: 60_000,
      }),
      backoff_most_ms: millis('... up to this.', { default: 30_000, low: 10, high: 600_000 }),
      order_connections: integer('Warm connections for orders.', 'connections', { default: 4, low: 1, high: 32 }),
      keep_warm_seconds: secondsField('Idle connections for orders are used this often so that they stay open; 0 for never.', {
        default: 20,
        low: 0,
        high: 300,
      }),
      presigned_ready: integer('Signatures made ahead per kind of call; 0 signs each request when it leaves.', 'signatures', {
        default: 4,
        low: 0,
        high: 64,
      }),
      presigned_age_max_ms: millis('An older signature is thrown away.', { default: 500, low: 50, high: 5000 }),
    }),
    logger: section('Files for people. Every run has a folder of its own.', {
      console: choice(
        'screen is the status screen, or lines where the output is piped; trades are lines about orders, fills and changes of state alone.',
        ['screen', 'trades'],
        'screen',
      ),
      folder: text('Where the folders of the runs are kept.', 'runs', PATH),
      tape_rotate_megabytes: integer('A larger tape is continued in a new file.', 'megabytes', { default: 256, low: 1, high: 10_000 }),
      log_rotate_megabytes: integer('A larger ops.log is continued in a new file.', 'megabytes', { default: 32, low: 1, high: 10_000 }),
      warn_latency_ms: millis('An order that leaves later than this after its frame is told as a warning.', {
        default: 150,
        low: 1,
        high: 60_000,
      }),
      log_files_kept: integer('Older log files are removed.', 'files', { default: 5, low: 1, high: 1000 }),
      status_every_ms: millis('How often a picture of the run is written for `kmm status` and health checks.', {
        default: 1000,
        low: 100,
        high: 60_000,
      }),
      tape_rows_waiting_max: integer(
        'Rows of the tape that may wait for the disk, rounded up to a power of two; more are dropped and counted.',
        'rows',
        {
          default: 65_536,
          low: 1024,
          high: 4_194_304,
        },
      ),
      tape_behind_max_seconds: secondsField('No new orders while the tape is further behind; 0 for any distance.', {
        default: 5,
        low: 0,
        high: 3600,
      }),
    }),
    journal: section('Every fact of a run, for replay.', {
      segment_megabytes: integer('A larger file is continued in a new one.', 'megabytes', { default: 256, low: 1, high: 4096 }),
      snapshot_every_seconds: secondsField(
        'Positions and what they cost are written down this often: the next start reads on from there.',
        {
          default: 10,
          low: 1,
          high: 300,
        },
      ),
      durability: choice(
        'What an order waits for: kernel survives the death of the program, power also a power failure, at the price of one disk sync.',
        ['kernel', 'power'],
        'kernel',
      ),
    }),
    alpha: alphaSection,
    exchange: section('The simulated exchange of the sim environment.', {
      seed: text('The same seed makes the same markets and the same crowd.', 'kmm', {
        pattern: /^[A-Za-z0-9._-]{1,64}$/,
        rule: '1 to 64 letters, digits, dots, hyphens or underscores',
      }),
      crowd: choice('How lively the other traders are.', ['calm', 'normal', 'lively', 'none'], 'normal'),
      tier: choice('Rate limits of our account.', ['basic', 'advanced', 'expert', 'premier', 'paragon', 'prime', 'prestige'], 'basic'),
      markets: integer('How many markets are listed.', 'markets', { default: 5, low: 1, high: 5 }),
      deposit_dollars: dollars('Cash of our account at the start.', { default: 1000, low: 1, high: 10_000_000 }),
      latency: flag('Answer as slowly as the real exchange does.', true),
      index_event: flag(
        'Also list bitcoin strikes on an index of its own, KXSIMBTC, whose values come on the channel of the index BRTI.',
        false,
      ),
      port: integer('Port on this machine; 0 takes a free one.', '', { default: 0, low: 0, high: 65_535 }),
    }),
    paper: section('The paper venue of playback and of kmm paper: orders that never leave.', {
      fills: choice(
        'When a resting order is filled. pessimistic: only by trades beyond its price; queue: also at its price, once what was ahead of it has gone; optimistic: by any trade at its price. All: by size that appears on the other side at or beyond it.',
        ['optimistic', 'queue', 'pessimistic'],
        'queue',
      ),
      cancels: choice(
        'For queue: where a cancel at our price took from, which nobody is told. by-size: from the order behind us that joined with exactly its size, otherwise from ahead; split: from ahead and behind in proportion; behind: never from ahead while there is size behind; ahead: the contrary.',
        ['by-size', 'split', 'behind', 'ahead'],
        'by-size',
      ),
      split_power: real(
        'The split is ahead^power to behind^power. 1: every contract is as likely to leave; above 1 the larger part loses more than its share.',
        '',
        { default: 1, low: 0.1, high: 10 },
      ),
      taken_for_seconds: secondsField('What an order of ours took stays taken for so long, although the real book still shows it.', {
        default: 10,
        low: 0,
        high: 3600,
      }),
      balance_dollars: dollars('Cash at the start.', { default: 1000, low: 1, high: 10_000_000 }),
      latency_ms: millis(
        'From a decision until the book shows the moment in which it arrived. Above 0 an order may find that the book has moved, and one that is being cancelled may still be filled.',
        { default: 20, low: 0, high: 60_000 },
      ),
      jitter_ms: millis('Up to this much more on the way there, drawn from the seed.', { default: 0, low: 0, high: 60_000 }),
    }),
  })
  .meta({ title: 'Configuration of kmm', description: 'Settings of the market maker. Values left out take their defaults.' });

/** All values, in the units of the file. */
export type Config = z.output<typeof configSchema>;

/** One key of the file. */
export interface Leaf extends FieldFacts {
  /** Such as `strategy.gamma_per_dollar`. */
  readonly path: string;
  /** Environment variable that sets it. */
  readonly variable: string;
  readonly schema: z.ZodType;
  /** Of a list of entries: the keys of an entry; of all others none. */
  readonly keys: ReadonlyMap<string, EntryKey>;
}

const NO_KEYS: ReadonlyMap<string, EntryKey> = new Map();

export interface SectionInfo {
  readonly path: string;
  readonly describe: string;
  /** Names of its keys and sections. */
  readonly names: readonly string[];
}

/** `strategy.gamma_per_dollar` is `KMM_STRATEGY_GAMMA_PER_DOLLAR`; keys of credentials are shorter: `KMM_DEMO_KEY_ID`. */
const variableOf = (path: string): string =>
  `KMM_${path
    .replace(/^credentials\./, '')
    .replaceAll('.', '_')
    .toUpperCase()}`;

const leafOf = (path: string, known: FieldFacts, schema: z.ZodType): Leaf => ({
  ...known,
  path,
  variable: variableOf(path),
  schema,
  keys: entryKeys.get(schema) ?? NO_KEYS,
});

const allLeaves: Leaf[] = [];
const allSections: SectionInfo[] = [];

const collect = (schema: z.ZodObject, path: string): void => {
  allSections.push({ path, describe: sectionText.get(schema)?.describe ?? '', names: Object.keys(schema.shape) });
  for (const [name, member] of Object.entries(schema.shape)) {
    const memberPath = path === '' ? name : `${path}.${name}`;
    const known = facts.get(member as z.ZodType);
    if (known !== undefined) allLeaves.push(leafOf(memberPath, known, member as z.ZodType));
    else collect(member as z.ZodObject, memberPath);
  }
};
collect(configSchema, '');

/** Every key in the order of the schema, by its path. */
export const LEAVES: ReadonlyMap<string, Leaf> = new Map(allLeaves.map((leaf) => [leaf.path, leaf]));
/** Every section by its path; the whole file is the section ''. */
export const SECTIONS: ReadonlyMap<string, SectionInfo> = new Map(allSections.map((info) => [info.path, info]));

/** JSON Schema of the file, for editors. All keys may be left out. */
export const jsonSchema = (): object => {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ jsonSchema: node }) => {
      delete node.required;
    },
  });
  return schema;
};
