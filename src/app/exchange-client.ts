/** REST client, rate budget, signer and stream of one account, made ready: what every command that talks to an exchange begins with. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { Settings } from '../config/settings.js';
import { DOCUMENTED_COSTS } from '../connector/endpoint-costs.js';
import { RateBudget, BASIC_LIMITS } from '../connector/rate-budget.js';
import { writeBudgetFact } from '../connector/rest-account.js';
import { restApi, type RestApi } from '../connector/rest-api.js';
import { BASE_PATH, CALLS, CANCELS_READY, CONSTANT_WRITES } from '../connector/rest-calls.js';
import { describe, NOT_SENT, type Refused, type Result, type Unknown } from '../connector/rest-result.js';
import { DEFAULT_REST, RestClient } from '../connector/rest.js';
import { SESSION_DEFAULTS, type SessionSettings } from '../connector/session-types.js';
import { websocketHeaders } from '../connector/sign.js';
import { DEFAULT_POOL, PooledSigner, type ConstantCall } from '../connector/signature-pool.js';
import { Throttle } from '../connector/throttle.js';
import type { WriteBudget } from '../domain/events.js';
import { millis, type DurationUs } from '../domain/units.js';
import type { Access } from './access.js';
import type { Host } from './host.js';

export interface ExchangeClient {
  readonly access: Access;
  readonly api: RestApi;
  readonly throttle: Throttle;
  readonly signer: PooledSigner;
  /** The account's write budget as the exchange states it. */
  readonly budget: WriteBudget;
  readonly headers: () => Record<string, string>;
  /** How far the exchange's clock is ahead of ours, to about a second; null before its first answer. */
  readonly clockOffset: () => DurationUs | null;
  /** Nothing that adds risk is written to a socket any more, whatever waits. */
  stopOrders(reason: string): void;
  close(): Promise<void>;
}

/** The engine keeps tokens back for cancels by the number of orders that rest; here cancels only go first. */
const CANCEL_RESERVE = 0;
/** The engine plans with a little less than the account has, so that what it sends is never turned away here for a few milliseconds of clock. */
const PLANNED_SHARE = 0.9;

export type ClientHost = Pick<Host, 'clock' | 'timers' | 'network'>;

/**
 * Connects, asks for limits and costs, warms connections up.
 * @throws CommandFailure (unreachable, credentials, refused)
 */
export const openClient = async (access: Access, settings: Settings, host: ClientHost): Promise<ExchangeClient> => {
  const { connector } = settings;
  const { clock, timers, network } = host;
  const signer = new PooledSigner(access.keyId, access.key, clock, constantCalls(), {
    ...DEFAULT_POOL,
    depth: connector.signatures.depth,
    ageMax: connector.signatures.ageMax,
  });
  const rest = new RestClient(access.restUrl, access.env, {
    clock,
    timers,
    signer,
    connect: network.connectHttp,
    settings: {
      ...DEFAULT_REST,
      connections: { ...DEFAULT_REST.connections, order: connector.orderConnections },
      connectTimeout: connector.connectWithin,
      writeTimeout: connector.requestTimeout,
      keepWarmEvery: connector.keepWarmEvery,
    },
  });
  const budget = new RateBudget(BASIC_LIMITS, DOCUMENTED_COSTS, { cancelReserve: CANCEL_RESERVE, lag: millis(50) }, clock.now());
  const throttle = new Throttle(budget, clock, timers);
  const api = restApi(rest, throttle, { subaccount: connector.subaccount, pagesMax: 200 });
  try {
    const limits = must('the account limits', await api.account.limits());
    const costs = must('the costs of calls', await api.account.costs());
    budget.learn(limits, costs, clock.now());
    signer.start(timers);
    rest.start();
    return {
      access,
      api,
      throttle,
      signer,
      budget: planned(writeBudgetFact(limits, costs, clock.now())),
      headers: websocketHeaders(signer),
      clockOffset: () => rest.clockOffset,
      stopOrders: (reason) => rest.stopOrders(reason),
      close: async () => {
        signer.stop();
        await rest.close();
      },
    };
  } catch (error) {
    await rest.close();
    throw error;
  }
};

const constantCalls = (): ConstantCall[] => [
  ...CONSTANT_WRITES.map(([method, path]) => ({ method, path: `${BASE_PATH}${path}` })),
  { method: CALLS.batchCancel[0], path: `${BASE_PATH}${CALLS.batchCancel[1]}`, ready: CANCELS_READY },
];

const planned = (budget: WriteBudget): WriteBudget => ({
  ...budget,
  capacity: Math.floor(budget.capacity * PLANNED_SHARE),
  refillPerSecond: budget.refillPerSecond * PLANNED_SHARE,
});

/** The value of a call that must succeed for the command to go on. @throws CommandFailure that says what to do */
export const must = <T>(what: string, result: Result<T>): T => {
  if (result.kind === 'ok') return result.value;
  throw failureOf(what, result);
};

const failureOf = (what: string, result: Refused | Unknown): CommandFailure => {
  const why = describe(result);
  if (result.kind === 'unknown' || result.code === NOT_SENT)
    return new CommandFailure(ExitCode.unreachable, `${what} could not be read: the exchange does not answer`, {
      why,
      fix: 'check the network, the address and whether the exchange is in a maintenance window, then try again',
    });
  if (result.status === 401 || result.status === 403)
    return new CommandFailure(ExitCode.credentials, `${what} could not be read: the exchange refuses the key`, {
      why,
      fix: 'check that key id and private key belong together and to this environment, and that the clock of this machine is right',
    });
  return new CommandFailure(ExitCode.refused, `${what} could not be read: the exchange refuses`, {
    why,
    fix: 'read what it says, and try again later',
  });
};

/** How the stream is held, from the configuration. */
export const sessionSettings = ({ connector, alpha }: Pick<Settings, 'connector' | 'alpha'>): SessionSettings => ({
  ...SESSION_DEFAULTS,
  cfbenchmarks: alpha.cfbenchmarks,
  pyth: alpha.pyth,
  subaccount: connector.subaccount,
  pingEvery: connector.pingEvery,
  silenceAfter: connector.silenceAfter,
  reconnectAfter: connector.reconnectAfter,
  connectWithin: connector.connectWithin,
  stableAfter: connector.stableAfter,
  backoff: connector.backoff,
});
