/** `kmm paper`: the bot on live data with orders on paper. */
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { DURATION_SHAPE, parseDuration } from '../../cli/duration.js';
import { STRATEGIES } from '../../config/schema.js';
import type { Needs } from '../../config/rules.js';
import type { Settings } from '../../config/settings.js';
import { seconds, type DurationUs } from '../../domain/units.js';
import type { Override } from '../../config/text-source.js';
import { openAccess } from '../access.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { cryptoIndexOverrides } from '../crypto-index.js';
import { tradeOnPaper, type PaperPlan } from '../paper-trading.js';
import { CONNECT_OPTION, CONSOLE_OPTION, OUT_OPTION, settingsFor } from '../settings-options.js';
import { ShadowRun } from '../shadow-run.js';
import { SHADOW_OPTION, shadowOf, type ShadowChoice } from '../shadow-settings.js';
import { withStorage } from '../storage-failure.js';
import { summaryLines } from '../summary.js';
import { withFreshSeed } from '../system-seed.js';
import { systemHost } from '../system-host.js';
import { PASSPHRASE_OPTION, passphraseSources } from '../system-passphrase.js';

export const paperCommand: Command = {
  name: 'paper',
  summary: 'Trade on paper: live data, simulated fills, no order ever sent.',
  description: [
    'The bot of kmm start beside the live feed of an environment, with orders on paper: the same strategy, risk limits, kill switch and records, and fills by the model that paper.fills names. It holds no call that could send an order, so a read-only API key is enough; real money needs no agreement.',
    'With --index crypto --series KXETHD it trades the market of the current event whose strike is nearest to the spot, and when that event closes it goes on with the next one in the same run. Positions are paid out by the result that the exchange tells.',
    'Positions begin empty and are not carried over to the next run. Each run writes its own folder below --out like a real one; its kill latch and status are kept apart from those of real trading.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    CONNECT_OPTION,
    PASSPHRASE_OPTION,
    OUT_OPTION,
    CONSOLE_OPTION,
    SHADOW_OPTION,
    { name: 'markets', value: 'text', placeholder: '<a,b>', describe: 'Tickers to trade, separated by commas.' },
    { name: 'strategy', value: 'text', choices: STRATEGIES, describe: 'How quotes are made; its numbers are in the configuration.' },
    {
      name: 'runtime',
      value: 'text',
      placeholder: '<seconds>',
      describe: 'Stop by itself after so many seconds, or after a time such as 10m.',
    },
    {
      name: 'balance',
      value: 'text',
      placeholder: '<dollars>',
      describe: 'Cash at the start (default: paper.balance_dollars). No limit of risk is above it.',
    },
    {
      name: 'fills',
      value: 'text',
      choices: ['optimistic', 'queue', 'pessimistic'],
      describe: 'When a resting order is filled (default: paper.fills).',
    },
    {
      name: 'index',
      value: 'text',
      choices: ['crypto'],
      describe: 'Follow --series from event to event, at the strike nearest to the spot.',
    },
    { name: 'series', value: 'text', placeholder: '<ticker>', describe: 'With --index: the series, such as KXETHD.' },
    { name: 'seed', value: 'text', describe: 'With --env sim: seed of the simulated exchange.' },
  ],
  examples: [
    { line: 'paper --env sim --runtime 60', describe: 'beside the simulated exchange' },
    {
      line: 'paper --env demo --runtime 600 --balance 50 --config config.yaml',
      describe: 'ten minutes with fifty dollars on the test exchange',
    },
    {
      line: 'paper --env prod --index crypto --series KXETHD --runtime 3h',
      describe: 'hourly ether markets with live prices, one after the other',
    },
  ],
  run: async (context) => {
    const plan = planOf(context);
    const follows = plan.follow !== null || context.options.optionalText('connect') !== null;
    const needs = { credentials: context.options.optionalText('connect') === null, markets: !follows };
    const index = plan.follow === null ? [] : indexOf(context, needs, plan.follow);
    const load = (more: readonly Override[] = []): Settings =>
      settingsFor(context, OPTION_KEYS, needs, undefined, [...index, ...more]).settings;
    const settings = load();
    if (settings.environment === 'playback')
      throw new CommandFailure(ExitCode.usage, 'a recording is no live feed', {
        fix: 'play it with kmm start --env playback --from FILE: its orders are on paper too',
      });
    const { summary, exitCode } = await withStorage(() => trade(context, withFreshSeed(context, settings), plan, shadowOf(context, load)));
    if (context.json) context.output.json(summary);
    else for (const line of summaryLines(summary)) context.output.out(line);
    return exitCode;
  },
};

/** Looked up under a model that needs no index, so that one that does may be named beside it. */
const indexOf = (context: CommandContext, needs: Needs, series: string): readonly Override[] => {
  const anyModel: Override = { key: 'strategy.model', text: 'symmetric', flag: 'index' };
  return cryptoIndexOverrides(settingsFor(context, OPTION_KEYS, needs, undefined, [anyModel]).config, series);
};

const OPTION_KEYS = ['out', 'markets', 'strategy', 'seed', 'connect', 'balance', 'fills', 'console'] as const;

const trade = async (
  context: CommandContext,
  settings: Settings,
  plan: PaperPlan,
  shadow: ShadowChoice | null,
): ReturnType<typeof tradeOnPaper> => {
  const access = await openAccess(settings, context.options.optionalText('connect'), passphraseSources(context));
  try {
    const host = systemHost();
    return await tradeOnPaper(host, context, settings, access, {
      ...plan,
      onOpen: (bot) => {
        if (shadow !== null) void ShadowRun.attach(bot, { ...shadow, seed: settings.exchange.seed, host, timers: host.timers });
      },
    });
  } finally {
    await access.close();
  }
};

const planOf = ({ options }: CommandContext): PaperPlan => {
  const [index, series] = [options.optionalText('index'), options.optionalText('series')];
  if ((index === null) !== (series === null))
    throw new CommandFailure(ExitCode.usage, index === null ? '--series belongs to --index' : '--index needs a series', {
      fix: 'write for instance --index crypto --series KXETHD',
    });
  if (series !== null && options.given('markets'))
    throw new CommandFailure(ExitCode.usage, '--markets and --index choose the markets in two ways', { fix: 'leave one of them out' });
  return { runtime: runtimeOf(options.optionalText('runtime')), follow: series };
};

/** A bare number is seconds, as in other programs of this kind. */
const runtimeOf = (text: string | null): DurationUs | null => {
  if (text === null) return null;
  const span = /^\d{1,9}$/.test(text) ? seconds(Number(text)) : parseDuration(text);
  if (span !== null && span > 0) return span;
  throw new CommandFailure(
    ExitCode.usage,
    `option --runtime: expected a number of seconds above 0, or ${DURATION_SHAPE}, got ${JSON.stringify(text)}`,
    {
      fix: 'write for instance --runtime 600',
    },
  );
};
