/** The chosen markets: that they are there, open, not about to close, on a grid and under fees that are known, and paid for. */
import { formatClock } from '../../../cli/duration.js';
import { between, contractsOf, toSeconds } from '../../../domain/units.js';
import { chooseTickers, describedMarkets } from '../../market-choice.js';
import { must } from '../../exchange-client.js';
import { fail, ok, warn, type Check, type Verdict } from './check.js';
import { plural, some, type Patient } from './patient.js';

const markets = async (patient: Patient): Promise<Verdict> => {
  const { settings } = patient.get('config');
  const { api } = patient.get('client');
  const catalog = await describedMarkets(api, await chooseTickers(api, settings.markets, settings.environment));
  patient.learn('catalog', catalog);
  return ok(some(catalog.markets.map((market) => market.ticker)));
};

const open = (patient: Patient): Verdict => {
  const all = patient.get('catalog').markets;
  const closed = all.filter((market) => market.status !== 'active').map((market) => `${market.ticker} (${market.status})`);
  if (closed.length === 0) return ok(`all ${all.length} active`);
  const found = `not active: ${some(closed)}`;
  return closed.length === all.length
    ? fail(found, 'choose other markets')
    : warn(found, 'choose others in their place; those are not quoted');
};

const CLOSE_SOON = 3600;

const closes = (patient: Patient): Verdict => {
  const { engine } = patient.get('config').settings;
  const now = patient.host.clock.wall();
  const soonest = Math.max(CLOSE_SOON, 2 * toSeconds(engine.stopBeforeClose));
  const timed = patient
    .get('catalog')
    .markets.flatMap((market) =>
      market.closesAt === null ? [] : [{ ticker: market.ticker, left: toSeconds(between(now, market.closesAt)) }],
    );
  const near = timed.filter(({ left }) => left < soonest).toSorted((a, b) => a.left - b.left);
  const first = timed.toSorted((a, b) => a.left - b.left)[0];
  if (near.length > 0)
    return warn(
      `soon: ${some(near.map(({ ticker, left }) => `${ticker} in ${formatClock(left)}`))}`,
      `choose others: nothing is quoted in the last ${toSeconds(engine.stopBeforeClose)} s`,
    );
  return ok(first === undefined ? 'none has a close' : `the first, ${first.ticker}, in ${formatClock(first.left)}`);
};

const grids = (patient: Patient): Verdict => {
  const { risk } = patient.get('config').settings;
  const all = patient.get('catalog').markets;
  const outside = all.filter(({ grid }) => grid.lowest > risk.band.high || grid.highest < risk.band.low);
  if (outside.length > 0)
    return warn(
      `no price of ${some(outside.map(({ ticker }) => ticker))} lies in the band`,
      'widen risk.band_low_cents and risk.band_high_cents',
    );
  return ok(`${plural(all.length, 'grid')} read`);
};

const fees = (patient: Patient): Verdict => {
  const all = patient.get('catalog').markets;
  const kinds = [...new Set(all.map((market) => `${market.fees.type} x ${market.fees.multiplierMicros / 1e6}`))];
  const flat = all.filter((market) => market.fees.type === 'flat').map(({ ticker }) => ticker);
  return flat.length > 0
    ? warn(
        `${kinds.join(', ')}; nobody has published what a flat fee is (${some(flat)})`,
        'leave these markets out, or watch the first fills',
      )
    : ok(kinds.join(', '));
};

/** Money lies on a shard, and only that of a market's own shard pays its orders. */
const funded = async (patient: Patient): Promise<Verdict> => {
  const { byShard, total } = must('the balance', await patient.get('client').api.account.balance());
  const shards = [...new Set(patient.get('catalog').markets.map((market) => market.shard))].toSorted((a, b) => a - b);
  if (byShard.size === 0) return ok(`the exchange tells no shards; ${shards.length} are used`);
  const empty = shards.filter((shard) => (byShard.get(shard) ?? 0) <= 0);
  if (empty.length === 0) return ok(`money on every shard that is used (${shards.join(', ')})`);
  const found = `no money on shard ${empty.join(', ')}`;
  const fix = 'move money to it on the site of the exchange: orders there are refused';
  return empty.length === shards.length && total > 0 ? fail(found, fix) : warn(found, fix);
};

const positions = async (patient: Patient): Promise<Verdict> => {
  const chosen = new Set<string>(patient.get('catalog').markets.map((market) => market.ticker));
  const held = must('the positions', await patient.get('client').api.account.positions()).filter(({ position }) => position !== 0);
  const outside = held.filter(({ ticker }) => !chosen.has(ticker));
  const found = `${plural(held.length, 'market')} held, ${outside.length} of them not among the chosen`;
  if (outside.length === 0) return ok(found);
  return warn(
    `${found}: ${some(outside.map(({ ticker, position }) => `${contractsOf(position)} ${ticker}`))}`,
    'the bot neither quotes nor sells them; name these markets too, or close the positions by hand',
  );
};

/** Renewing expiries may use this much of the write budget. */
const RENEWAL_SHARE_MAX = 0.3;
const PLACING_SECONDS_MAX = 10;

/** Whether the tier carries two quotes in each market: to place them, and to keep them from expiring. */
const quotes = (patient: Patient): Verdict => {
  const { budget, throttle } = patient.get('client');
  const { orderLife } = patient.get('config').settings.execution;
  const { refillPerSecond, capacity } = throttle.budget.limits.write;
  const wanted = 2 * patient.get('catalog').markets.length;
  const placing = Math.max(0, wanted * budget.createCost - capacity) / refillPerSecond;
  const renewing = orderLife === null ? 0 : (wanted * budget.amendCost) / (toSeconds(orderLife) / 2) / refillPerSecond;
  const found = `${wanted} quotes take ${placing.toFixed(1)} s to place, and renewing them ${(renewing * 100).toFixed(1)} % of the write budget`;
  return renewing > RENEWAL_SHARE_MAX || placing > PLACING_SECONDS_MAX
    ? warn(found, 'quote fewer markets, lengthen execution.order_life_seconds, or move to a higher tier')
    : ok(found);
};

export const MARKET_CHECKS: readonly Check<Patient>[] = [
  { area: 'markets', name: 'markets', needs: ['choice of markets', 'key accepted'], run: markets },
  { area: 'markets', name: 'market status', needs: ['markets'], run: open },
  { area: 'markets', name: 'close times', needs: ['markets'], run: closes },
  { area: 'markets', name: 'price grids', needs: ['markets'], run: grids },
  { area: 'markets', name: 'fees', needs: ['markets'], run: fees },
  { area: 'markets', name: 'money per shard', needs: ['markets'], run: funded },
  { area: 'markets', name: 'quotes and limits', needs: ['markets'], run: quotes },
  { area: 'markets', name: 'positions', needs: ['markets'], run: positions },
];
