import { describe, expect, test } from 'vitest';
import { InitWizard, type Finished } from '../../../src/config/init.js';
import { mergeConfig } from '../../../src/config/merge.js';

const run = (answers: readonly string[], checkKeyFile: (path: string) => string | null = () => null): InitWizard => {
  const wizard = new InitWizard(checkKeyFile);
  for (const answer of answers) wizard.answer(answer);
  return wizard;
};

const configOf = (wizard: InitWizard, needs = { credentials: true, markets: true }) => {
  expect(wizard.current.type).toBe('done');
  return mergeConfig({ file: { name: 'config.yaml', text: (wizard.current as Finished).yaml }, variables: {}, overrides: [], needs })
    .config;
};

describe('the wizard', () => {
  test('asks four questions for sim and takes every suggestion', () => {
    const config = configOf(run(['', '', '', '']));
    expect(config).toEqual(mergeConfig({ file: null, variables: {}, overrides: [] }).config);
  });

  test('asks for key and markets in demo, and what it writes is complete', () => {
    const config = configOf(run(['demo', '12345678-aaaa', 'demo.pem', 'DEMO_PASS', 'KXA-1, KXB-2', '5', '50', '20']));
    expect(config.environment).toBe('demo');
    expect(config.credentials.demo).toEqual({ key_id: '12345678-aaaa', private_key_path: 'demo.pem', passphrase_env: 'DEMO_PASS' });
    expect(config.markets.tickers).toEqual(['KXA-1', 'KXB-2']);
    expect([config.strategy.order_size_contracts, config.risk.position_max_contracts, config.risk.loss_max_session_dollars]).toEqual([
      5, 50, 20,
    ]);
    // A market cannot lose more than the session may.
    expect(config.risk.loss_max_market_dollars).toBe(20);
  });

  test('asks for series where no ticker is named, and insists', () => {
    const wizard = run(['demo', '12345678', 'k.pem', '', '']);
    expect(wizard.current).toMatchObject({ type: 'ask', key: 'markets.series' });
    expect(wizard.answer('')).toMatchObject({ key: 'markets.series', problem: 'an answer is needed here' });
    wizard.answer('KXBTC');
    for (let i = 0; i < 3; i++) wizard.answer('');
    expect(configOf(wizard).markets.series).toEqual(['KXBTC']);
  });

  test('never writes prod into the file: that is chosen with every start', () => {
    const wizard = run(['prod', '12345678', 'prod.pem', '', 'KXA-1', '', '', '']);
    expect(configOf(wizard).environment).toBe('sim');
    expect(configOf(wizard).credentials.prod.key_id).toBe('12345678');
  });

  test('widens the limits that hang on a larger size', () => {
    const config = configOf(run(['', '150', '', '']));
    expect([config.risk.order_size_max_contracts, config.risk.position_max_contracts]).toEqual(['150', 150].map(Number));
  });

  test('narrows the largest order to a smaller position', () => {
    const config = configOf(run(['', '', '20', '']));
    expect([config.risk.order_size_max_contracts, config.risk.position_max_contracts]).toEqual([20, 20]);
  });

  const wrong: readonly (readonly [string, readonly string[], string, string])[] = [
    ['environment', [], 'dmeo', 'did you mean demo'],
    ['environment', [], 'custom', 'expected one of sim, demo, prod'],
    ['credentials.demo.key_id', ['demo'], '', 'an answer is needed here'],
    ['credentials.demo.key_id', ['demo'], 'no spaces please', 'the id of an API key'],
    ['credentials.demo.passphrase_env', ['demo', '12345678', 'k.pem'], 'my secret', 'never the passphrase itself'],
    ['markets.tickers', ['demo', '12345678', 'k.pem', ''], 'kxa', 'capital letters'],
    ['strategy.order_size_contracts', [''], '-5', 'a number of contracts from'],
    ['strategy.order_size_contracts', [''], 'ten', 'a number of contracts from'],
    ['risk.position_max_contracts', ['', '20'], '5', 'expected at least 20, the contracts of one quote'],
    ['risk.loss_max_session_dollars', ['', '', ''], '0', 'a number of dollars from'],
  ];
  for (const [key, before, answer, problem] of wrong)
    test(`asks again for ${key} after ${JSON.stringify(answer)}`, () => {
      const wizard = run(before);
      expect(wizard.current).toMatchObject({ type: 'ask', key, problem: null });
      expect(wizard.answer(answer)).toMatchObject({ type: 'ask', key, problem: expect.stringContaining(problem) as string });
    });

  test('asks again for a key file that cannot be used, and leaves no trace of the refused one', () => {
    const wizard = run(['demo', '12345678', 'open.pem'], (path) => (path === 'open.pem' ? 'mode 0644 lets others read it' : null));
    expect(wizard.current).toMatchObject({ key: 'credentials.demo.private_key_path', problem: 'mode 0644 lets others read it' });
    for (const answer of ['good.pem', '', 'KXA-1', '', '', '']) wizard.answer(answer);
    expect(configOf(wizard).credentials.demo.private_key_path).toBe('good.pem');
  });

  test('answers after the end change nothing', () => {
    const wizard = run(['', '', '', '']);
    const end = wizard.current;
    expect(wizard.answer('more')).toBe(end);
  });
});
