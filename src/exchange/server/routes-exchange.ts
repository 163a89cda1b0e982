/** The exchange itself and the account's terms: status, schedule, limits, costs, keys (reference 5.4 and 7). */
import type { EpochUs } from '../../domain/units.js';
import { TIERS } from './budget.js';
import { DEFAULT_COST, ENDPOINT_COSTS } from './costs.js';
import { statusBody } from './encode-market.js';
import { ok, type Json, type Reply } from './replies.js';
import type { PublicCall, Route, SignedCall } from './routes.js';
import { fromUnixSeconds, rfc3339, unixSeconds } from './times.js';

const DAY = 24 * 3600;
/** Live lists reach back this far: three months, orders two weeks. */
const HISTORY_DAYS = 90;
const ORDER_DAYS = 14;

/** The last midnight (UTC), moved by so many days. */
const midnight = (now: EpochUs, days: number): string => rfc3339(fromUnixSeconds(Math.floor(unixSeconds(now) / DAY) * DAY + days * DAY));

const getStatus = ({ services }: PublicCall): Reply => ok(statusBody(services.exchange.exchangeStatus()));

const ALWAYS: Json = [{ close_time: '24:00', open_time: '00:00' }];
/** Thursday's pause from 03:00 to 05:00, New York time. */
const AROUND_PAUSE: Json = [
  { close_time: '03:00', open_time: '00:00' },
  { close_time: '24:00', open_time: '05:00' },
];

const getSchedule = ({ services, now }: PublicCall): Reply => {
  const pause = services.exchange.weeklyPause();
  const week = {
    friday: ALWAYS,
    monday: ALWAYS,
    saturday: ALWAYS,
    sunday: ALWAYS,
    thursday: pause === null ? ALWAYS : AROUND_PAUSE,
    tuesday: ALWAYS,
    wednesday: ALWAYS,
  };
  return ok({
    schedule: {
      maintenance_windows: pause === null ? [] : [{ end_datetime: rfc3339(pause.to), start_datetime: rfc3339(pause.from) }],
      standard_hours: [{ end_time: midnight(now, 365), start_time: midnight(now, -365), ...week }],
    },
  });
};

/** Public by the specification: unsigned, it states the present moment. */
const getUserDataTimestamp = ({ services, now, account }: PublicCall & Partial<SignedCall>): Reply =>
  ok({ as_of_time: rfc3339(account === undefined ? now : services.exchange.userDataTimestamp(account)) });

const getLimits = ({ services, account }: SignedCall): Reply => {
  const { tier } = services.budgetOf(account);
  const { read, write } = TIERS[tier];
  return ok({
    grants: tier === 'basic' ? [] : [{ exchange_instance: 'event_contract', level: tier, source: 'manual' }],
    read: { bucket_capacity: read.capacity, refill_rate: read.refill },
    usage_tier: tier,
    write: { bucket_capacity: write.capacity, refill_rate: write.refill },
  });
};

const getCosts = (): Reply =>
  ok({ default_cost: DEFAULT_COST, endpoint_costs: ENDPOINT_COSTS.map(({ cost, method, path }) => ({ cost, method, path })) });

const getKeys = ({ services, account }: SignedCall): Reply =>
  ok({
    api_keys: services.keys.ofAccount(account).map((key) => ({
      api_key_id: key.keyId,
      name: key.name,
      scopes: [...key.scopes],
      ...(key.subaccount === null ? {} : { subaccount: key.subaccount }),
    })),
  });

const getCutoff = ({ now }: PublicCall): Reply => {
  const live = midnight(now, -HISTORY_DAYS);
  return ok({
    market_positions_last_updated_ts: live,
    market_settled_ts: live,
    orders_updated_ts: midnight(now, -ORDER_DAYS),
    trades_created_ts: live,
  });
};

export const EXCHANGE_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: '/exchange/status', operation: 'GetExchangeStatus', access: 'public', handle: getStatus },
  { method: 'GET', pattern: '/exchange/schedule', operation: 'GetExchangeSchedule', access: 'public', handle: getSchedule },
  {
    method: 'GET',
    pattern: '/exchange/user_data_timestamp',
    operation: 'GetUserDataTimestamp',
    access: 'public',
    handle: getUserDataTimestamp,
  },
  { method: 'GET', pattern: '/account/limits', operation: 'GetAccountApiLimits', access: 'read', handle: getLimits },
  { method: 'GET', pattern: '/account/endpoint_costs', operation: 'GetAccountEndpointCosts', access: 'public', handle: getCosts },
  { method: 'GET', pattern: '/api_keys', operation: 'GetApiKeys', access: 'read', handle: getKeys },
  { method: 'GET', pattern: '/historical/cutoff', operation: 'GetHistoricalCutoff', access: 'public', handle: getCutoff },
];
