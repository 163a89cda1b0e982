/** Configuration, limits against each other, and the key's file. */
import { lstatSync } from 'node:fs';
import { CommandFailure } from '../../../cli/exit-codes.js';
import { LEAVES } from '../../../config/schema.js';
import type { Settings } from '../../../config/settings.js';
import { readVariables } from '../../../config/text-source.js';
import { SigningKey } from '../../../connector/keys.js';
import { contractsOf, dollarsOfCash } from '../../../domain/units.js';
import { openAccess } from '../../access.js';
import { readConnectLine } from '../../connect-line.js';
import { settingsFor } from '../../settings-options.js';
import { passphraseSources } from '../../system-passphrase.js';
import { fail, ok, warn, type Check, type Verdict } from './check.js';
import { some, type Patient } from './patient.js';

export const variables = ({ variables: all }: Patient): Verdict => {
  const { values, issues } = readVariables(all);
  // Without their values: one that was misspelt may be a secret.
  if (issues.length > 0)
    return fail(`${some(issues.map(({ key }) => key))}: no key of the configuration`, issues.map(({ fix }) => fix).join('; '));
  const known = new Set([...LEAVES.values()].map((leaf) => leaf.variable));
  const strange = Object.keys(all).filter((name) => name.startsWith('KMM_') && !known.has(name) && all[name] !== '');
  if (strange.length > 0)
    return warn(`${some(strange)}: no key of the configuration`, 'correct the name, or unset it if it is meant for this program');
  return ok(values.size === 0 ? 'none set' : `${values.size} set: ${some([...values.keys()])}`);
};

const configuration = (patient: Patient): Verdict => {
  const { context } = patient;
  try {
    const config = settingsFor(context, ['out', 'markets', 'connect'], { credentials: false, markets: false });
    patient.learn('config', config);
    if (config.settings.environment === 'playback')
      return fail('the environment playback has no exchange', 'name one with --env sim, custom, demo or prod');
    return ok(`${config.path ?? 'the defaults'}, environment ${config.settings.environment}`);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return fail([error.what, ...error.notes].join('; '), error.fix);
  }
};

/** What each limit is for is in the configuration's own rules; here is what makes them pointless together. */
const limits = (patient: Patient): Verdict => {
  const { risk, strategy, execution } = patient.get('config').settings;
  const doubts = [
    ...(risk.lossMaxSession > risk.capitalMax
      ? [
          `a session may lose ${dollarsOfCash(risk.lossMaxSession)} $, more than the capital of ${dollarsOfCash(risk.capitalMax)} $: lower risk.loss_max_session_dollars`,
        ]
      : []),
    ...(risk.drawdownMax > risk.capitalMax
      ? [`the drawdown of ${dollarsOfCash(risk.drawdownMax)} $ is more than the capital: lower risk.drawdown_max_dollars`]
      : []),
    ...(execution.orderLife === null
      ? ['orders do not expire, so those of a dead bot rest for ever: set execution.order_life_seconds']
      : []),
  ];
  if (doubts.length > 0) return warn(doubts.join('; '), 'correct them, and look with: kmm config show --origin');
  return ok(
    `lots of ${contractsOf(strategy.lot)}, at most ${contractsOf(risk.positionMaxPerMarket)} contracts per market, ${dollarsOfCash(risk.capitalMax)} $ of capital, ${dollarsOfCash(risk.lossMaxSession)} $ of loss`,
  );
};

const privateKey = async (patient: Patient): Promise<Verdict> => {
  const { settings } = patient.get('config');
  const connect = patient.context.options.optionalText('connect');
  try {
    const access = await openAccess(settings, connect, passphraseSources(patient.context));
    patient.learn('access', access);
    if (settings.environment === 'sim') return ok('made by the simulated exchange');
    const path = keyPath(settings, connect);
    return ok(
      `${path}: ${access.key instanceof SigningKey ? access.key.type : 'a key'}, mode ${(lstatSync(path).mode & 0o777).toString(8).padStart(4, '0')}`,
    );
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return fail(error.why ?? error.what, error.fix);
  }
};

const keyPath = (settings: Settings, connect: string | null): string =>
  connect === null ? (settings.credentials?.privateKeyPath ?? '') : readConnectLine(connect).private_key_path;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const keyId = (patient: Patient): Verdict => {
  const { keyId: id } = patient.get('access');
  return UUID.test(id)
    ? ok(`${id.slice(0, 8)}...`)
    : warn(
        `${id.slice(0, 4)}... (${id.length} characters) does not look like a key id`,
        'copy the id of the key from the site of the exchange: 36 characters with four hyphens',
      );
};

const choice = (patient: Patient): Verdict => {
  const { environment, markets } = patient.get('config').settings;
  const named = markets.tickers.length + markets.events.length + markets.series.length;
  if (named > 0)
    return ok(
      `${some([...markets.tickers, ...markets.events, ...markets.series])}, at most ${Math.max(markets.marketsMax, markets.tickers.length)}`,
    );
  if (environment === 'sim' || environment === 'custom') return ok('none named: all that the exchange lists');
  return fail('none', 'name some with --markets A,B or under markets: in the configuration');
};

export const CONFIG_CHECKS: readonly Check<Patient>[] = [
  { area: 'configuration', name: 'variables', needs: [], run: variables },
  { area: 'configuration', name: 'configuration', needs: [], run: configuration },
  { area: 'configuration', name: 'limits', needs: ['configuration'], run: limits },
  { area: 'configuration', name: 'choice of markets', needs: ['configuration'], run: choice },
  { area: 'key', name: 'private key', needs: ['configuration', 'certificate checks'], run: privateKey },
  { area: 'key', name: 'key id', needs: ['private key'], run: keyId },
];
