/** `kmm start`: makes markets. Picks the world and joins it; every rule lives further down. */
import type { Command, CommandContext } from '../../cli/command.js';
import type { LoadedConfig } from '../../config/config-file.js';
import { STRATEGIES } from '../../config/schema.js';
import type { Override } from '../../config/text-source.js';
import { openAccess } from '../access.js';
import { agree, REAL_MONEY_OPTION } from '../real-money.js';
import { runPlayback } from '../playback-world.js';
import { CONFIG_OPTIONS } from '../config-options.js';
import { cryptoIndexOverrides, SIMULATED_SERIES } from '../crypto-index.js';
import { CONSOLE_OPTION, CONNECT_OPTION, needsOf, onlyIn, OUT_OPTION, settingsFor } from '../settings-options.js';
import { PASSPHRASE_OPTION, passphraseSources } from '../system-passphrase.js';
import { ShadowRun } from '../shadow-run.js';
import { SHADOW_OPTION, shadowOf, type ShadowChoice } from '../shadow-settings.js';
import { summaryLines } from '../summary.js';
import { withStorage } from '../storage-failure.js';
import { withFreshSeed } from '../system-seed.js';
import { systemHost } from '../system-host.js';
import { tradeOn } from '../trading.js';

export const startCommand: Command = {
  name: 'start',
  summary: 'Make markets.',
  description: [
    'Quotes both sides of the chosen markets until it is stopped. Without keys and configuration it trades on the simulated exchange that comes with the program.',
    'Ctrl-C cancels everything of ours, checks that nothing rests, and ends with 0; orders that may be left end with 12.',
    'Each run writes its own folder below --out: ops.log, tape.csv, fills.csv, journal-000001.bin and summary.json.',
  ].join('\n\n'),
  options: [
    ...CONFIG_OPTIONS,
    CONNECT_OPTION,
    PASSPHRASE_OPTION,
    OUT_OPTION,
    CONSOLE_OPTION,
    { name: 'markets', value: 'text', placeholder: '<a,b>', describe: 'Tickers to quote, separated by commas.' },
    {
      name: 'strategy',
      value: 'text',
      choices: STRATEGIES,
      describe: 'How quotes are made; its numbers are in the configuration.',
    },
    { name: 'duration', value: 'duration', describe: 'Stop by itself after this time.' },
    {
      name: 'seed',
      value: 'text',
      describe: 'Seed of the simulated exchange and of playback (default: a fresh one in sim, 1 in playback).',
    },
    { name: 'from', value: 'path', describe: 'With --env playback: the recording to play.' },
    {
      name: 'speed',
      value: 'text',
      choices: ['max', '1x', '10x'],
      default: 'max',
      describe: 'With --env playback: how fast recorded time passes. The decisions are the same at every speed.',
    },
    {
      name: 'markets-file',
      value: 'path',
      describe: 'With --env playback: market bodies, where the recording has no FILE.markets.json beside it.',
    },
    SHADOW_OPTION,
    { name: 'force', value: 'flag', describe: 'Start at once even though the last runs have crashed again and again.' },
    REAL_MONEY_OPTION,
  ],
  examples: [
    { line: 'start', describe: 'make markets on the simulated exchange' },
    { line: 'start --env demo --config config.yaml', describe: 'trade on the test exchange' },
    { line: 'start --env playback --from recording.jsonl.gz', describe: 'the same bot on recorded data' },
  ],
  run: async (context) => {
    const index = indexOf(context);
    const load = (more: readonly Override[]): LoadedConfig =>
      settingsFor(context, OPTION_KEYS, needsOf(context), undefined, [...index, ...more]);
    const loaded = load([]);
    const shadow = shadowOf(context, (more) => load(more).settings);
    onlyIn('playback', ['from', 'speed', 'markets-file'], context, loaded.settings.environment);
    const result = await withStorage(() =>
      loaded.settings.environment === 'playback' ? runPlayback(context, loaded.settings, shadow) : trade(context, loaded, shadow),
    );
    if (context.json) context.output.json(result.summary);
    else for (const line of summaryLines(result.summary)) context.output.out(line);
    return result.exitCode;
  },
};

const OPTION_KEYS = ['out', 'markets', 'strategy', 'seed', 'connect', 'console'] as const;

/** The taker of edges needs an index. On the simulated exchange there is one, and whoever names none of his own gets it: a first try needs no configuration. */
const indexOf = (context: CommandContext): readonly Override[] => {
  if (context.options.optionalText('strategy') !== 'edge-taker') return [];
  const anyModel: Override = { key: 'strategy.model', text: 'symmetric', flag: 'strategy' };
  const { config, settings } = settingsFor(context, OPTION_KEYS, needsOf(context), undefined, [anyModel]);
  if (config.environment !== 'sim' || config.alpha.indices.length > 0 || settings.markets.tickers.length > 0) return [];
  return [...cryptoIndexOverrides(config, SIMULATED_SERIES), { key: 'markets.series', text: SIMULATED_SERIES, flag: 'strategy' }];
};

const trade = async (
  context: CommandContext,
  loaded: LoadedConfig,
  shadow: ShadowChoice | null,
): Promise<{ summary: Record<string, unknown>; exitCode: number }> => {
  await agree(context, loaded);
  const settings = withFreshSeed(context, loaded.settings);
  const access = await openAccess(settings, context.options.optionalText('connect'), passphraseSources(context));
  try {
    const host = systemHost();
    return await tradeOn(host, context, settings, access, (bot) => {
      if (shadow !== null) void ShadowRun.attach(bot, { ...shadow, seed: settings.exchange.seed, host, timers: host.timers });
    });
  } finally {
    await access.close();
  }
};
