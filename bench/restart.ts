/** How long a bot takes from the start of its process until it is reconciled and quotes, with what a dead one has left: 200 open orders and 10,000 journal records. */
import type { EngineAction } from '../src/domain/actions.js';
import { toEpochMs } from '../src/domain/units.js';
import type { Bench } from './bench.js';
import { atMost } from './report.js';
import { lengthenJournal, readRun, RestartWorld, type StartedBot } from './restart-world.js';

const ORDERS = 200;
const RECORDS = 10_000;
const ROUNDS_MAX = 5;
const GOAL_MS = 3000;

/** Moments of a start, in milliseconds from the start of the process. */
const MOMENTS = [
  'account and markets known',
  'stream up',
  'first reading',
  'last cancel sent',
  'last cancel answered',
  'reconciled',
] as const;
type Moments = Record<(typeof MOMENTS)[number], number>;

const isCancel = (action: EngineAction): boolean => action.type === 'send' && action.call.commands.every(({ type }) => type === 'cancel');

/** Where the time went, from the run's own journal. */
const momentsOf = ({ folder, startedAt }: StartedBot): Moments => {
  const moments: Moments = {
    'account and markets known': Number.NaN,
    'stream up': Number.NaN,
    'first reading': Number.NaN,
    'last cancel sent': Number.NaN,
    'last cancel answered': Number.NaN,
    reconciled: Number.NaN,
  };
  for (const { event, actions } of readRun(folder).steps) {
    const at = toEpochMs(event.at) - startedAt;
    if (event.type === 'market-listed') moments['account and markets known'] = at;
    if (event.type === 'feed-up') moments['stream up'] = at;
    if (event.type === 'account-reading' && Number.isNaN(moments['first reading'])) moments['first reading'] = at;
    if (actions.some(isCancel)) moments['last cancel sent'] = at;
    if (event.type === 'order-cancelled') moments['last cancel answered'] = at;
    if (actions.some((action) => action.type === 'say' && action.code === 'READY')) {
      moments.reconciled = at;
      break;
    }
  }
  return moments;
};

interface Round {
  readonly readyMs: number;
  readonly moments: Moments;
}

/** One bot dies, and the next one is timed. */
const round = async (world: RestartWorld): Promise<Round> => {
  const dead = await world.start();
  await dead.end('SIGKILL');
  lengthenJournal(dead.folder, RECORDS);
  await world.leaveOrders(readRun(dead.folder).run, ORDERS);
  const resting = await world.resting();
  if (resting < ORDERS) throw new Error(`${resting} orders rest, ${ORDERS} were to be left`);
  const bot = await world.start();
  await bot.end('SIGTERM');
  return { readyMs: bot.readyMs, moments: momentsOf(bot) };
};

export const restartBench: Bench = {
  name: 'restart',
  what: `a bot starts where a dead one left ${ORDERS} open orders and ${RECORDS} journal records (simulated exchange, advanced tier)`,
  run: async (options) => {
    const world = new RestartWorld();
    try {
      await world.open('restart');
      const rounds: Round[] = [];
      for (let i = 0; i < Math.min(options.rounds, ROUNDS_MAX); i++) {
        rounds.push(await round(world));
        options.tick();
      }
      const sorted = rounds.toSorted((a, b) => a.readyMs - b.readyMs);
      const best = sorted[0] as Round;
      return {
        name: 'restart',
        what: restartBench.what,
        rows: MOMENTS.map((label) => ({ label: `until ${label}`, unit: 'ms', best: best.moments[label] })),
        verdicts: [
          { what: 'from process start to reconciled, best', value: best.readyMs, unit: 'ms', goal: null },
          { what: 'from process start to reconciled, worst', value: (sorted.at(-1) as Round).readyMs, unit: 'ms', goal: atMost(GOAL_MS) },
        ],
        notes: ['bot and exchange are processes of this machine and share its cores', 'the rows are moments of the best round'],
      };
    } finally {
      world.close();
    }
  },
};
