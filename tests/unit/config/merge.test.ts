import { describe, expect, test } from 'vitest';
import { ConfigError, formatIssue, formatOrigin } from '../../../src/config/issue.js';
import { mergeConfig, type ConfigSources } from '../../../src/config/merge.js';
import { LEAVES } from '../../../src/config/schema.js';

const merge = (parts: Partial<ConfigSources> & { readonly yaml?: string }) =>
  mergeConfig({
    file: parts.yaml === undefined ? null : { name: 'c.yaml', text: parts.yaml },
    variables: parts.variables ?? {},
    overrides: parts.overrides ?? [],
    ...(parts.needs && { needs: parts.needs }),
  });

const errorsOf = (parts: Parameters<typeof merge>[0]): readonly string[] => {
  try {
    merge(parts);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).issues.map(formatIssue);
  }
};

describe('later sources go before earlier ones, and every value knows where it comes from', () => {
  const key = 'risk.collar_cents';
  const yaml = '\nrisk:\n  collar_cents: 7\n';
  const variables = { KMM_RISK_COLLAR_CENTS: '6' };
  const overrides = [{ key, text: '5', flag: 'set' }];
  const cases: readonly (readonly [string, Partial<ConfigSources> & { yaml?: string }, unknown, string])[] = [
    ['nothing', {}, 10, 'default'],
    ['file', { yaml }, 7, 'c.yaml:3'],
    ['file and environment', { yaml, variables }, '6', 'env KMM_RISK_COLLAR_CENTS'],
    ['all', { yaml, variables, overrides }, '5', 'flag --set'],
    ['file and flag', { yaml, overrides }, '5', 'flag --set'],
    ['two flags', { overrides: [...overrides, { key, text: '4', flag: 'collar' }] }, '4', 'flag --collar'],
    ['an empty variable', { yaml, variables: { KMM_RISK_COLLAR_CENTS: '' } }, 7, 'c.yaml:3'],
  ];
  for (const [name, parts, value, origin] of cases)
    test(`with ${name}`, () => {
      const merged = merge(parts);
      expect(merged.config.risk.collar_cents).toBe(value);
      expect(formatOrigin(merged.values.get(key)?.origin ?? { type: 'default' })).toBe(origin);
    });
});

test('every key can be set by its variable', () => {
  for (const leaf of LEAVES.values()) {
    const text = Array.isArray(leaf.default)
      ? leaf.kind === 'records'
        ? '[]'
        : 'KXBTC-1'
      : leaf.optional === true
        ? leaf.path.endsWith('_env')
          ? 'ABC'
          : 'https://abcdefgh'
        : String(leaf.default);
    // Entries of a shape of their own; see the test of the settings.
    if (leaf.path === 'alpha.indices') continue;
    // Half a block of credentials, or a custom environment without addresses, is an error of its own.
    if (leaf.path.endsWith('.key_id') || leaf.path.endsWith('.private_key_path')) continue;
    expect(merge({ variables: { [leaf.variable]: text } }).values.get(leaf.path)?.origin).toEqual({
      type: 'env',
      name: leaf.variable,
    });
  }
  expect(LEAVES.get('credentials.demo.key_id')?.variable).toBe('KMM_DEMO_KEY_ID');
  expect(new Set([...LEAVES.values()].map((leaf) => leaf.variable)).size).toBe(LEAVES.size);
});

test('texts of variables become numbers, switches and lists', () => {
  const { config } = merge({
    variables: {
      KMM_STRATEGY_GAMMA_PER_DOLLAR: '0.05',
      KMM_EXECUTION_POST_ONLY: 'false',
      KMM_MARKETS_TICKERS: 'KXA-1, KXB-2',
      KMM_ENVIRONMENT: 'playback',
      KMM_ALPHA_FILE: 'null',
    },
  });
  expect([
    config.strategy.gamma_per_dollar,
    config.execution.post_only,
    config.markets.tickers,
    config.environment,
    config.alpha.file,
  ]).toEqual([0.05, false, ['KXA-1', 'KXB-2'], 'playback', null]);
});

describe('errors of variables and flags', () => {
  test('a value that does not fit names the variable', () => {
    expect(errorsOf({ variables: { KMM_STRATEGY_GAMMA_PER_DOLLAR: 'high' } })).toEqual([
      'env KMM_STRATEGY_GAMMA_PER_DOLLAR: strategy.gamma_per_dollar: expected a number per dollar from 0.000001 to 10, got "high"; fix: write a plain number without unit or quotes; the default is 0.02',
    ]);
  });
  test('a misspelt variable is not passed over', () => {
    expect(errorsOf({ variables: { KMM_RISK_LOSS_MAX_SESION_DOLLARS: '5' } })[0]).toContain(
      'did you mean KMM_RISK_LOSS_MAX_SESSION_DOLLARS',
    );
  });
  test("somebody else's variable of the same prefix is", () =>
    expect(errorsOf({ variables: { KMM_SHARED: 'x', OTHER: 'y' } })).toEqual([]));
  test('an unknown key of a flag names the nearest', () => {
    expect(errorsOf({ overrides: [{ key: 'risk.colar_cents', text: '5', flag: 'set' }] })[0]).toContain('flag --set: risk.colar_cents');
    expect(errorsOf({ overrides: [{ key: 'risk.colar_cents', text: '5', flag: 'set' }] })[0]).toContain('write risk.collar_cents');
  });
  test('a wrong environment names the nearest', () => {
    expect(errorsOf({ overrides: [{ key: 'environment', text: 'dmeo', flag: 'env' }] })[0]).toContain('did you mean demo');
  });
});

describe('what an environment cannot do without', () => {
  const needs = { credentials: true, markets: true };
  const key = 'credentials: {demo: {key_id: 12345678-aaaa, private_key_path: demo.pem}}';
  test('sim and playback need nothing', () => {
    expect(errorsOf({ needs })).toEqual([]);
    expect(errorsOf({ needs, yaml: 'environment: playback' })).toEqual([]);
  });
  test('demo needs a key and a market, both told at once', () => {
    const errors = errorsOf({ needs, yaml: 'environment: demo' });
    expect(errors).toHaveLength(2);
    expect(errors.join('\n')).toContain('KMM_DEMO_KEY_ID and KMM_DEMO_PRIVATE_KEY_PATH');
    expect(errors.join('\n')).toContain('at least one ticker, event or series');
    expect(errorsOf({ needs, yaml: `environment: demo\n${key}\nmarkets: {series: [KXBTC]}` })).toEqual([]);
  });
  test('the key of demo is never used for prod', () => {
    const errors = errorsOf({
      needs,
      yaml: `${key}\nmarkets: {tickers: [KXA-1]}`,
      overrides: [{ key: 'environment', text: 'prod', flag: 'env' }],
    });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('the API key of prod');
    expect(errors[0]).toContain('the key of demo is for that alone');
  });
  test('custom needs its addresses', () => {
    const errors = errorsOf({ yaml: 'environment: custom' });
    expect(errors.map((error) => error.split(': ')[1])).toEqual(['connector.rest_url', 'connector.websocket_url']);
  });
  test('half a block names the other half', () => {
    expect(errorsOf({ yaml: 'credentials: {prod: {key_id: abcd-5678}}' })[0]).toContain('add credentials.prod.private_key_path');
    expect(errorsOf({ yaml: 'credentials: {prod: {private_key_path: k.pem}}' })[0]).toContain('add credentials.prod.key_id');
  });
  test('an id of digits alone must be quoted', () => {
    expect(errorsOf({ yaml: 'credentials: {demo: {key_id: 12345678}}' })[0]).toContain('fix: write one text, in quotes');
  });
  test('one key cannot serve two environments', () => {
    const both = '{key_id: abcd-5678, private_key_path: k.pem}';
    const errors = errorsOf({ yaml: `credentials: {demo: ${both}, prod: ${both}}` });
    expect(errors).toHaveLength(2);
    expect(errors[0]).toContain('keys belong to one environment');
    expect(errors.join()).not.toContain('abcd-5678');
  });
});

describe('values that contradict each other', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['risk: {band_low_cents: 97, band_high_cents: 3}', 'risk.band_low_cents', 'below risk.band_high_cents, which is 3'],
    ['risk: {band_low_cents: 50, band_high_cents: 50}', 'risk.band_low_cents', 'below'],
    ['risk: {band_high_cents: 2}', 'risk.band_high_cents', 'above risk.band_low_cents, which is 3'],
    ['strategy: {order_size_contracts: 30}', 'strategy.order_size_contracts', 'at most risk.order_size_max_contracts, which is 25'],
    ['risk: {order_size_max_contracts: 200}', 'risk.order_size_max_contracts', 'at most risk.position_max_contracts'],
    ['risk: {position_max_contracts: 300}', 'risk.position_max_contracts', 'at most risk.position_max_event_contracts'],
    ['risk: {position_max_account_contracts: 150}', 'risk.position_max_account_contracts', 'at least risk.position_max_event_contracts'],
    ['risk: {loss_max_market_dollars: 60}', 'risk.loss_max_market_dollars', 'at most risk.loss_max_session_dollars'],
    ['strategy: {model: symmetric, half_spread_cents: 12}', 'strategy.half_spread_cents', 'at most risk.collar_cents'],
    ['strategy: {model: fixed, offset_cents: 12}', 'strategy.offset_cents', 'at most risk.collar_cents'],
    [
      'strategy: {model: avellaneda-stoikov, horizon: infinite, horizon_inventory_max_contracts: 50}',
      'strategy.horizon_inventory_max_contracts',
      'at least risk.position_max_contracts',
    ],
    ['strategy: {model: glft, glft_inventory_max_contracts: 5}', 'strategy.glft_inventory_max_contracts', 'the model could hold no lot'],
    ['strategy: {model: glft, glft_inventory_max_contracts: 600}', 'strategy.glft_inventory_max_contracts', 'at most 50 lots'],
    [
      'strategy: {unwind_lots_max: 3}',
      'strategy.unwind_lots_max',
      'which is 30 contracts, within risk.order_size_max_contracts, which is 25',
    ],
    ['strategy: {model: logit, horizon: infinite}', 'strategy.horizon', 'rolling or until-close'],
    ['strategy: {model: edge-taker}', 'alpha.indices', 'an index for at least one series'],
    ['alpha: {indices: [KXBTCD=BRTI, KXBTCD=OTHER]}', 'alpha.indices', 'every series once'],
    ['alpha: {indices: [KXBTCD=BRTI 60x0s]}', 'alpha.indices', 'some time apart'],
    ['alpha: {indices: [KXBTCD BRTI]}', 'alpha.indices', 'SERIES=INDEX'],
    ['volatility: {floor_dollars_per_sqrt_second: 0.01}', 'volatility.floor_dollars_per_sqrt_second', 'at most'],
    ['execution: {debounce_ms: 6000}', 'execution.debounce_ms', 'at most engine.data_age_max_ms'],
    ['execution: {order_life_seconds: 0.1}', 'execution.order_life_seconds', 'at least execution.debounce_ms'],
    ['connector: {ping_ms: 5000}', 'connector.ping_ms', 'below connector.silence_ms'],
    ['connector: {silence_ms: 20000}', 'connector.silence_ms', 'at most connector.reconnect_after_ms'],
    ['connector: {backoff_most_ms: 100}', 'connector.backoff_most_ms', 'at least connector.backoff_first_ms'],
    ['connector: {request_timeout_ms: 9000}', 'connector.request_timeout_ms', 'at most engine.command_timeout_ms'],
    ['markets: {markets_max: 50}', 'markets.markets_max', 'two orders for each of 50 markets'],
    ['markets: {tickers: [KXA-1, KXB-1, KXA-1]}', 'markets.tickers', 'every entry once'],
  ];
  for (const [yaml, key, part] of cases)
    test(`are refused: ${yaml}`, () => {
      const errors = errorsOf({ yaml });
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain(`c.yaml:1: ${key}: expected`);
      expect(errors[0]).toContain(part);
    });

  test('what is not in use may say anything', () => {
    expect(errorsOf({ yaml: 'strategy: {half_spread_cents: 12, offset_cents: 12, horizon_inventory_max_contracts: 1}' })).toEqual([]);
    expect(errorsOf({ yaml: 'execution: {order_life_seconds: 0}' })).toEqual([]);
  });

  test('a value that is wrong by itself is told once', () => expect(errorsOf({ yaml: 'risk: {band_low_cents: 500}' })).toHaveLength(1));
});

describe('the bounds of every number are ceilings', () => {
  for (const leaf of LEAVES.values()) {
    const bounds = /from (\S+) to (\S+)/.exec(leaf.rule);
    if (bounds === null) continue;
    test(`of ${leaf.path}`, () => {
      const accepts = (value: unknown): boolean => leaf.schema.safeParse(value).success;
      const [low, high] = [Number(bounds[1]), Number(bounds[2])];
      expect([low, high, leaf.default].map(accepts)).toEqual([true, true, true]);
      const beyond = leaf.kind === 'integer' ? 1 : 0.01;
      expect([low - beyond, high + beyond, -0.5, Number.NaN, Number.POSITIVE_INFINITY, null, true].map(accepts)).toEqual(
        Array(7).fill(false),
      );
    });
  }

  test('amounts may be texts but not finer than their unit', () => {
    const collar = LEAVES.get('risk.collar_cents')?.schema;
    expect(
      ['5', '5.25', '5.250', 5.25, '5.255', 5.255, '5e0', ' 5', '', '5c', '-5'].map((value) => collar?.safeParse(value).success),
    ).toEqual([true, true, true, true, false, false, false, false, false, false, false]);
  });
});
