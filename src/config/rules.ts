/** Rules over more than one key: pairs that must not be swapped, limits that must contain each other, what an environment cannot do without. */
import { alphaIssues } from './alpha-rules.js';
import type { Lookup } from './lookup.js';
import { showValue, type ConfigIssue, type Origin } from './issue.js';
import { indexIssues } from './index-rules.js';

/** What a command cannot do without. */
export interface Needs {
  readonly credentials: boolean;
  readonly markets: boolean;
}

/** The first must not exceed the second, or must stay below it. */
interface Order {
  readonly low: string;
  readonly high: string;
  readonly strict?: boolean;
  /** The rule counts only here. */
  readonly when?: (lookup: Lookup) => boolean;
  /** The high side in units of the low one. */
  readonly factor?: number;
  readonly why: string;
}

const modelIs =
  (model: string) =>
  (lookup: Lookup): boolean =>
    lookup.value('strategy.model') === model;

const MS_PER_SECOND = 1000;
const GLFT_LOTS_MAX = 50;

const ORDERS: readonly Order[] = [
  { low: 'risk.band_low_cents', high: 'risk.band_high_cents', strict: true, why: 'the band would hold no price' },
  { low: 'strategy.order_size_contracts', high: 'risk.order_size_max_contracts', why: 'every quote would be refused' },
  { low: 'risk.order_size_max_contracts', high: 'risk.position_max_contracts', why: 'one order could exceed the position limit' },
  {
    low: 'risk.order_size_max_contracts',
    high: 'risk.fill_burst_max_contracts',
    when: (lookup) => lookup.value('protection.order_groups') !== 'off',
    why: 'one filled order would trigger the order group',
  },
  { low: 'risk.position_max_contracts', high: 'risk.position_max_event_contracts', why: 'a market cannot hold more than its event' },
  {
    low: 'risk.position_max_event_contracts',
    high: 'risk.position_max_account_contracts',
    why: 'an event cannot hold more than the account',
  },
  {
    low: 'risk.settlement_loss_max_market_dollars',
    high: 'risk.settlement_loss_max_event_dollars',
    why: 'a market cannot cost more than its event',
  },
  {
    low: 'risk.settlement_loss_max_event_dollars',
    high: 'risk.capital_max_dollars',
    why: 'an event cannot cost more than all that is at risk',
  },
  { low: 'risk.loss_max_market_dollars', high: 'risk.loss_max_session_dollars', why: 'a market cannot lose more than the session may' },
  {
    low: 'strategy.half_spread_cents',
    high: 'risk.collar_cents',
    when: modelIs('symmetric'),
    why: 'every quote would be outside the collar',
  },
  { low: 'strategy.offset_cents', high: 'risk.collar_cents', when: modelIs('fixed'), why: 'every quote would be outside the collar' },
  {
    low: 'risk.position_max_contracts',
    high: 'strategy.horizon_inventory_max_contracts',
    when: (lookup) => modelIs('avellaneda-stoikov')(lookup) && lookup.value('strategy.horizon') === 'infinite',
    why: 'the model has no quotes beyond the inventory it is made for',
  },
  {
    low: 'strategy.order_size_contracts',
    high: 'strategy.glft_inventory_max_contracts',
    when: modelIs('glft'),
    why: 'the model could hold no lot',
  },
  {
    low: 'strategy.glft_inventory_max_contracts',
    high: 'strategy.order_size_contracts',
    factor: GLFT_LOTS_MAX,
    when: modelIs('glft'),
    why: `its equations are solved for at most ${GLFT_LOTS_MAX} lots`,
  },
  {
    low: 'volatility.floor_dollars_per_sqrt_second',
    high: 'volatility.prior_dollars_per_sqrt_second',
    why: 'the floor would replace the prior',
  },
  {
    low: 'estimates.belief_volatility_floor_per_sqrt_hour',
    high: 'estimates.belief_volatility_per_sqrt_hour',
    why: 'the floor would replace the prior',
  },
  { low: 'estimates.belief_sampling_seconds', high: 'estimates.belief_averaging_seconds', why: 'every sample would replace all before it' },
  { low: 'estimates.kappa_min_per_dollar', high: 'estimates.kappa_max_per_dollar', why: 'no kappa would be left' },
  { low: 'execution.debounce_ms', high: 'engine.data_age_max_ms', why: 'a change would wait longer than its data is good for' },
  { low: 'connector.ping_ms', high: 'connector.silence_ms', strict: true, why: 'a quiet stream would be called silent before it is asked' },
  { low: 'connector.silence_ms', high: 'connector.reconnect_after_ms', why: 'a stream is replaced only after it was silent' },
  { low: 'connector.backoff_first_ms', high: 'connector.backoff_most_ms', why: 'the waits only grow' },
  {
    low: 'connector.request_timeout_ms',
    high: 'engine.command_timeout_ms',
    why: 'an order would be looked up while its answer is still awaited',
  },
  {
    low: 'execution.debounce_ms',
    high: 'execution.order_life_seconds',
    factor: MS_PER_SECOND,
    when: (lookup) => lookup.value('execution.order_life_seconds') !== 0,
    why: 'orders would expire before they may be renewed',
  },
];

/** Everything that is inconsistent, in no order. */
export const crossIssues = (lookup: Lookup, needs: Needs): readonly ConfigIssue[] => [
  ...ORDERS.flatMap((order) => orderIssue(lookup, order)),
  ...quoteIssues(lookup),
  ...horizonIssues(lookup),
  ...unwindIssues(lookup),
  ...indexIssues(lookup),
  ...doubleIssues(lookup),
  ...keyIssues(lookup),
  ...environmentIssues(lookup, needs),
  ...alphaIssues(lookup),
];

/** Of two keys, the one that a person wrote, and of two such the first. */
const blame = (lookup: Lookup, first: string, second: string): { readonly key: string; readonly other: string } =>
  lookup.origin(first).type === 'default' && lookup.origin(second).type !== 'default'
    ? { key: second, other: first }
    : { key: first, other: second };

const orderIssue = (lookup: Lookup, order: Order): readonly ConfigIssue[] => {
  const { low, high, strict = false, factor = 1 } = order;
  if (!lookup.sound(low) || !lookup.sound(high) || order.when?.(lookup) === false) return [];
  const [a, b] = [Number(lookup.value(low)), Number(lookup.value(high)) * factor];
  if (strict ? a < b : a <= b) return [];
  const { key, other } = blame(lookup, low, high);
  const relation = strict ? 'below' : 'at most';
  const opposite = strict ? 'above' : 'at least';
  const names = key === low ? `${relation} ${high}` : `${opposite} ${low}`;
  return [
    {
      origin: lookup.origin(key),
      key,
      value: showValue(lookup.value(key), key),
      rule: `a value ${names}, which is ${showValue(lookup.value(other), other)} (${order.why})`,
      near: null,
      fix: `${key === low ? 'lower' : 'raise'} ${key}, or ${key === low ? 'raise' : 'lower'} ${other}; if the two are swapped, swap them back`,
    },
  ];
};

/** Two quotes per market must fit into the open orders. */
const quoteIssues = (lookup: Lookup): readonly ConfigIssue[] => {
  const [markets, orders] = ['markets.markets_max', 'risk.open_orders_max'] as const;
  if (!lookup.sound(markets) || !lookup.sound(orders)) return [];
  const wanted = 2 * Number(lookup.value(markets));
  if (wanted <= Number(lookup.value(orders))) return [];
  const { key } = blame(lookup, markets, orders);
  return [
    {
      origin: lookup.origin(key),
      key,
      value: showValue(lookup.value(key), key),
      rule: `two orders for each of ${String(lookup.value(markets))} markets within ${orders}, which is ${String(lookup.value(orders))}`,
      near: null,
      fix: `raise ${orders} to ${wanted}, or lower ${markets}`,
    },
  ];
};

/** Log-odds have no infinite horizon. */
const horizonIssues = (lookup: Lookup): readonly ConfigIssue[] => {
  const key = 'strategy.horizon';
  if (!modelIs('logit')(lookup) || lookup.value(key) !== 'infinite') return [];
  return [
    {
      origin: lookup.origin(key),
      key,
      value: showValue('infinite', key),
      rule: 'rolling or until-close, since strategy.model is logit',
      near: null,
      fix: 'take another horizon, or another model',
    },
  ];
};

/** The largest order that unwinds is an order too. */
const unwindIssues = (lookup: Lookup): readonly ConfigIssue[] => {
  const [lots, size, most] = ['strategy.unwind_lots_max', 'strategy.order_size_contracts', 'risk.order_size_max_contracts'] as const;
  if (![lots, size, most].every((key) => lookup.sound(key))) return [];
  const [factor, largest] = [Number(lookup.value(lots)), Number(lookup.value(most))];
  // Quotes of one size have a rule of their own.
  if (factor === 1 || factor * Number(lookup.value(size)) <= largest) return [];
  const { key } = blame(lookup, lots, most);
  return [
    {
      origin: lookup.origin(key),
      key,
      value: showValue(lookup.value(key), key),
      rule: `${lots} times ${size}, which is ${String(factor * Number(lookup.value(size)))} contracts, within ${most}, which is ${largest}`,
      near: null,
      fix: `lower ${lots}, or raise ${most}`,
    },
  ];
};

/** No ticker twice. */
const doubleIssues = (lookup: Lookup): readonly ConfigIssue[] =>
  ['markets.tickers', 'markets.events', 'markets.series'].flatMap((key) => {
    const items = lookup.sound(key) ? (lookup.value(key) as readonly string[]) : [];
    const twice = items.find((item, i) => items.indexOf(item) !== i);
    return twice === undefined
      ? []
      : [
          {
            origin: lookup.origin(key),
            key,
            value: showValue(twice, key),
            rule: 'every entry once',
            near: null,
            fix: 'remove one of the two',
          },
        ];
  });

const BLOCKS = ['demo', 'prod', 'custom'] as const;

/** Half a block, and one key for two environments. */
const keyIssues = (lookup: Lookup): readonly ConfigIssue[] => {
  const issues: ConfigIssue[] = [];
  for (const block of BLOCKS) {
    const [id, path] = [`credentials.${block}.key_id`, `credentials.${block}.private_key_path`];
    if (!lookup.sound(id) || !lookup.sound(path)) continue;
    const missing = lookup.value(id) === null ? id : path;
    const present = missing === id ? path : id;
    if (lookup.value(missing) === null && lookup.value(present) !== null)
      issues.push({
        origin: lookup.origin(present),
        key: missing,
        value: 'null',
        rule: `both key_id and private_key_path for ${block}`,
        near: null,
        fix: `add ${missing}, or remove ${present}`,
      });
  }
  for (const name of ['key_id', 'private_key_path']) {
    const [demo, prod] = [`credentials.demo.${name}`, `credentials.prod.${name}`] as const;
    if (lookup.value(prod) === null || lookup.value(prod) !== lookup.value(demo)) continue;
    issues.push({
      origin: lookup.origin(prod),
      key: prod,
      value: showValue(lookup.value(prod), prod),
      rule: `another one than ${demo}: keys belong to one environment`,
      near: null,
      fix: 'name the key that was made for real money, or remove the block',
    });
  }
  return issues;
};

/** What the chosen environment cannot do without. */
const environmentIssues = (lookup: Lookup, needs: Needs): readonly ConfigIssue[] => {
  if (!lookup.sound('environment')) return [];
  const environment = String(lookup.value('environment'));
  const missing = (key: string, rule: string, fix: string, place: Origin): ConfigIssue => ({
    origin: lookup.origin(key).type === 'default' ? place : lookup.origin(key),
    key,
    value: showValue(lookup.value(key), ''),
    rule,
    near: null,
    fix,
  });
  const issues: ConfigIssue[] = [];
  if (environment === 'custom')
    for (const key of ['connector.rest_url', 'connector.websocket_url'])
      if (lookup.value(key) === null && lookup.sound(key))
        issues.push(
          missing(
            key,
            'an address, since environment is custom',
            `set ${key}, or give a file that holds the addresses with --connect FILE`,
            lookup.place('connector'),
          ),
        );
  if (needs.credentials && (environment === 'demo' || environment === 'prod')) issues.push(...missingKey(lookup, environment, missing));
  if (needs.markets && (environment === 'demo' || environment === 'prod' || environment === 'custom')) {
    const lists = ['markets.tickers', 'markets.events', 'markets.series'];
    const empty = lists.every((key) => lookup.sound(key) && (lookup.value(key) as readonly string[]).length === 0);
    if (empty)
      issues.push(
        missing(
          'markets.tickers',
          'at least one ticker, event or series',
          'name what to quote, for instance markets.tickers: [ABC-1]',
          lookup.place('markets'),
        ),
      );
  }
  return issues;
};

const missingKey = (
  lookup: Lookup,
  environment: 'demo' | 'prod',
  missing: (key: string, rule: string, fix: string, place: Origin) => ConfigIssue,
): readonly ConfigIssue[] => {
  const [id, path] = [`credentials.${environment}.key_id`, `credentials.${environment}.private_key_path`];
  // Half a block is told elsewhere.
  if (lookup.value(id) !== null || lookup.value(path) !== null || !lookup.sound(id) || !lookup.sound(path)) return [];
  const others = BLOCKS.filter((block) => block !== environment && lookup.value(`credentials.${block}.key_id`) !== null);
  const note = others.length === 0 ? '' : `; the key of ${others.join(' and ')} is for ${others.length === 1 ? 'that' : 'those'} alone`;
  return [
    missing(
      id,
      `the API key of ${environment}, since environment is ${environment}${note}`,
      `set ${id} and private_key_path, or KMM_${environment.toUpperCase()}_KEY_ID and KMM_${environment.toUpperCase()}_PRIVATE_KEY_PATH`,
      lookup.place(`credentials.${environment}`),
    ),
  ];
};
