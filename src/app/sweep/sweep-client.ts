/**
 * Connections and a rate budget of the sweep's own, so that it works beside a bot that hangs. Opened for speed: nothing is asked before the first list of orders but
 * beside it, a connection waits for every batch, and the signatures of the batches are made while the list is on its way.
 */
import type { Settings } from '../../config/settings.js';
import { DOCUMENTED_COSTS } from '../../connector/endpoint-costs.js';
import { BASIC_LIMITS, RateBudget } from '../../connector/rate-budget.js';
import { restApi, type RestApi } from '../../connector/rest-api.js';
import { BASE_PATH, CALLS } from '../../connector/rest-calls.js';
import { DEFAULT_REST, RestClient } from '../../connector/rest.js';
import { DEFAULT_POOL, PooledSigner } from '../../connector/signature-pool.js';
import { Throttle } from '../../connector/throttle.js';
import { millis } from '../../domain/units.js';
import type { Access } from '../access.js';
import type { ClientHost } from '../exchange-client.js';
import type { SweepParts } from './sweep.js';

export interface SweepClient extends SweepParts {
  readonly api: RestApi;
  close(): Promise<void>;
}

/** Batches of 20 that can be under way at once: 200 orders without waiting for an answer, and room for the triggers of their groups. */
const CONNECTIONS = 12;
const READ_CONNECTIONS = 3;
/** Group triggers, of which there are one per shard. */
const SWEEP_CONNECTIONS = 2;

export const openSweepClient = (access: Access, settings: Settings, subaccount: number, host: ClientHost): SweepClient => {
  const { clock, timers, network } = host;
  const { connector } = settings;
  const [method, path] = CALLS.batchCancel;
  const signer = new PooledSigner(access.keyId, access.key, clock, [{ method, path: `${BASE_PATH}${path}` }], {
    ...DEFAULT_POOL,
    depth: CONNECTIONS,
  });
  const rest = new RestClient(access.restUrl, access.env, {
    clock,
    timers,
    signer,
    connect: network.connectHttp,
    settings: {
      ...DEFAULT_REST,
      connections: { sweep: SWEEP_CONNECTIONS, cancel: CONNECTIONS, order: 0, read: READ_CONNECTIONS },
      connectTimeout: connector.connectWithin,
      writeTimeout: connector.requestTimeout,
    },
  });
  const budget = new RateBudget(BASIC_LIMITS, DOCUMENTED_COSTS, { cancelReserve: 0, lag: millis(50) }, clock.now());
  const throttle = new Throttle(budget, clock, timers);
  const api = restApi(rest, throttle, { subaccount, pagesMax: 200 });
  signer.start(timers);
  rest.start();
  return {
    api,
    throttle,
    clock,
    timers,
    clockOffset: () => rest.clockOffset,
    ready: learn(api, budget, clock),
    close: async () => {
      signer.stop();
      await rest.close();
    },
  };
};

/** Limits that cannot be had are taken for the smallest: a sweep goes on without them. */
const learn = async (api: RestApi, budget: RateBudget, clock: ClientHost['clock']): Promise<void> => {
  const [limits, costs] = await Promise.all([api.account.limits(), api.account.costs()]);
  budget.learn(limits.kind === 'ok' ? limits.value : BASIC_LIMITS, costs.kind === 'ok' ? costs.value : DOCUMENTED_COSTS, clock.now());
};
