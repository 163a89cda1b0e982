/** Whether the exchange trades now and goes on trading. */
import { describe } from '../../../connector/rest-result.js';
import { formatClock } from '../../../cli/duration.js';
import { between, toSeconds, type EpochUs } from '../../../domain/units.js';
import { fail, ok, warn, type Check, type Verdict } from './check.js';
import { nextWeeklyPause, SOON_SECONDS } from './maintenance.js';
import type { Patient } from './patient.js';

const active = (patient: Patient): Verdict => {
  const { shards } = patient.get('state');
  const closed = shards.filter((shard) => !shard.exchangeActive).map(({ shard }) => shard);
  return closed.length === 0
    ? ok(`active on ${shards.length} shards`)
    : fail(
        `closed on shards ${closed.join(', ')}: nothing can be placed or cancelled there`,
        'wait until it opens; see the site of the exchange',
      );
};

const trading = (patient: Patient): Verdict => {
  const { shards } = patient.get('state');
  const paused = shards.filter((shard) => !shard.tradingActive).map(({ shard }) => shard);
  return paused.length === 0
    ? ok('active')
    : warn(
        `paused on shards ${paused.join(', ')}: orders can be cancelled and not placed`,
        'wait until it resumes; a bot started now waits by itself',
      );
};

const maintenance = (patient: Patient): Verdict => {
  const now = patient.host.clock.wall();
  const schedule = patient.get('schedule');
  if (schedule.kind !== 'ok') return warn(`the schedule could not be read: ${describe(schedule)}`, 'look on the site of the exchange');
  const announced = schedule.value.maintenance.filter((window) => window.until > now);
  const weekly = nextWeeklyPause(now);
  const windows = [...announced, ...(weekly === null ? [] : [weekly])].toSorted((a, b) => a.from - b.from);
  const next = windows[0];
  if (next === undefined) return ok('none within a day');
  const text = pauseText(next.from, next.until, now);
  return toSeconds(between(now, next.from)) <= SOON_SECONDS ? warn(text, 'start after it, or know that quotes will pause') : ok(text);
};

const pauseText = (from: EpochUs, until: EpochUs, now: EpochUs): string => {
  const clock = (at: EpochUs): string => new Date(at / 1000).toISOString().slice(0, 16).replace('T', ' ');
  const wait = from <= now ? 'now' : `in ${formatClock((from - now) / 1e6)}`;
  return `the next pause is ${wait}, from ${clock(from)} to ${clock(until)} UTC`;
};

export const EXCHANGE_CHECKS: readonly Check<Patient>[] = [
  { area: 'exchange', name: 'exchange open', needs: ['rest'], run: active },
  { area: 'exchange', name: 'trading open', needs: ['exchange open'], run: trading },
  { area: 'exchange', name: 'maintenance', needs: ['rest'], run: maintenance },
];
