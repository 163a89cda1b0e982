/** The key at work, and what the account holds and may do. */
import { CommandFailure } from '../../../cli/exit-codes.js';
import { describe } from '../../../connector/rest-result.js';
import { between, dollarsOfCash, toSeconds } from '../../../domain/units.js';
import { must, openClient } from '../../exchange-client.js';
import { isOurs } from '../../sweep/sweep.js';
import { fail, ok, warn, type Check, type Verdict } from './check.js';
import { some, type Patient } from './patient.js';

const accepted = async (patient: Patient): Promise<Verdict> => {
  const { settings } = patient.get('config');
  try {
    patient.learn('client', await openClient(patient.get('access'), settings, patient.host));
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return fail(error.why ?? error.what, fixOf(error, settings.environment));
  }
  return ok('an authenticated request is answered');
};

/** The exchange says why it refuses a key; each why has one remedy. */
const fixOf = (error: CommandFailure, environment: string): string => {
  const why = error.why ?? '';
  if (why.includes('NOT_FOUND')) return `this key id is unknown there: name the key that was made for ${environment}, or make a new one`;
  if (why.includes('INCORRECT_API_KEY_SIGNATURE'))
    return 'key id and private key do not belong together: name the file that came with this id';
  if (why.includes('timestamp')) return 'set the clock of this machine';
  return error.fix;
};

const permission = async (patient: Patient): Promise<Verdict> => {
  const { api } = patient.get('client');
  const { keyId } = patient.get('access');
  const { subaccount } = patient.get('config').settings.connector;
  const keys = await api.account.apiKeys();
  if (keys.kind !== 'ok')
    return warn(`the permissions of the key could not be read: ${describe(keys)}`, 'look at them on the site of the exchange');
  const own = keys.value.find((key) => key.keyId === keyId);
  if (own === undefined) return warn('the exchange does not list this key', 'look at its permissions on the site of the exchange');
  const found = `${own.scopes.join(', ')}${own.subaccount === null ? '' : `, subaccount ${own.subaccount} only`}`;
  if (!own.scopes.some((scope) => scope === 'write' || scope === 'write::trade'))
    return fail(`${found}: it may not trade`, 'make a key that may write, or give this one the permission');
  if (own.subaccount !== null && own.subaccount !== subaccount)
    return fail(
      `${found}, and connector.subaccount is ${subaccount}`,
      `set connector.subaccount to ${own.subaccount}, or name another key`,
    );
  return ok(found);
};

const rateLimits = async (patient: Patient): Promise<Verdict> => {
  const { tier, read, write } = must('the account limits', await patient.get('client').api.account.limits());
  const bucket = ({ refillPerSecond, capacity }: typeof read): string => `${refillPerSecond} tokens per second and ${capacity} at once`;
  return ok(`${tier}: ${bucket(write)} to write, ${bucket(read)} to read`);
};

const balance = async (patient: Patient): Promise<Verdict> => {
  const { risk, connector } = patient.get('config').settings;
  const read = await patient.get('client').api.account.balance();
  // An unknown subaccount has no balance either.
  if (read.kind !== 'ok')
    return fail(`subaccount ${connector.subaccount}: ${describe(read)}`, 'set connector.subaccount to one that exists; 0 is the primary');
  const { total } = read.value;
  const found = `${dollarsOfCash(total).toFixed(2)} $ in subaccount ${connector.subaccount}, capital at risk at most ${dollarsOfCash(risk.capitalMax)} $`;
  if (total <= 0) return fail(found, 'move money to this subaccount');
  return total < risk.capitalMax ? warn(found, 'deposit more, or lower risk.capital_max_dollars') : ok(found);
};

const LAG = { warn: 5, fail: 60 } as const;

const readings = async (patient: Patient): Promise<Verdict> => {
  const asOf = must('the age of the readings', await patient.get('client').api.account.userDataTimestamp());
  const lag = Math.max(0, toSeconds(between(asOf, patient.host.clock.wall())) + patient.get('clockOffset') / 1e6);
  const found = `the account's readings are ${lag.toFixed(1)} s old, to half a second`;
  const fix = 'wait: while readings lag, the bot cannot prove what rests and stays out of the market';
  if (lag > LAG.fail) return fail(found, fix);
  return lag > LAG.warn ? warn(found, fix) : ok(found);
};

const leftovers = async (patient: Patient): Promise<Verdict> => {
  const { engine } = patient.get('config').settings;
  const resting = must('the resting orders', await patient.get('client').api.account.orders('resting'));
  const own = resting.filter((order) => isOurs(order, engine.clientIdPrefix));
  const others = resting.length - own.length;
  const found = `${own.length} of ours, ${others} of others`;
  if (own.length === 0) return ok(found);
  return warn(`${found}, in ${some([...new Set(own.map((order) => order.ticker))])}`, 'a start cancels them; to do it now: kmm cancel-all');
};

export const ACCOUNT_CHECKS: readonly Check<Patient>[] = [
  { area: 'account', name: 'key accepted', needs: ['private key', 'rest'], run: accepted },
  { area: 'account', name: 'permission', needs: ['key accepted'], run: permission },
  { area: 'account', name: 'rate limits', needs: ['key accepted'], run: rateLimits },
  { area: 'account', name: 'balance', needs: ['key accepted'], run: balance },
  { area: 'account', name: 'readings', needs: ['key accepted'], run: readings },
  { area: 'account', name: 'resting orders', needs: ['key accepted'], run: leftovers },
];
