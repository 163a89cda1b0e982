/** `kmm exchange`: the simulated exchange alone, for any client that speaks the exchange's protocol. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, CommandContext } from '../../cli/command.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { DEFAULT_CROWD } from '../../exchange/crowd/settings.js';
import { isTier, TIERS } from '../../exchange/server/budget.js';
import { MEASURED_LATENCY, NO_LATENCY } from '../../exchange/server/latency.js';
import { ExchangeOptionError, ListenError, PortInUseError, type ExchangeServerOptions } from '../../exchange/server/options.js';
import { startExchangeServer, type RunningExchange } from '../../exchange/server/server.js';
import { readSwitches, SWITCH_VALUES } from '../../exchange/server/switch-texts.js';
import { toSeconds } from '../../domain/units.js';

const MARKETS_MAX = 5;
const KEYS_MAX = 100;

const optionsOf = ({ options }: CommandContext): ExchangeServerOptions => {
  const tier = options.text('tier');
  const truthFile = options.optionalText('truth');
  return {
    seed: options.text('seed'),
    host: options.text('host'),
    port: options.number('port'),
    keyType: options.text('key-type') === 'ed25519' ? 'ed25519' : 'rsa',
    tier: isTier(tier) ? tier : 'basic',
    markets: options.number('markets'),
    accounts: Array.from({ length: options.number('keys') }, () => ({})),
    latency: options.given('latency') && !options.flag('latency') ? NO_LATENCY : MEASURED_LATENCY,
    ...(truthFile === null ? {} : { truthFile }),
    core: {
      crowd: options.given('crowd') && !options.flag('crowd') ? null : DEFAULT_CROWD,
      switches: readSwitches(options.texts('switch')),
    },
  };
};

interface Connection {
  readonly rest: string;
  readonly ws: string;
  readonly key_id: string;
  readonly private_key_path: string;
  readonly keys?: readonly { readonly key_id: string; readonly private_key_path: string }[];
}

/** What a client needs to connect: the first key beside the addresses, and all of them where there are several. */
const connectionOf = ({ rest, ws, keys }: RunningExchange): Connection => {
  const all = keys.map((key) => ({ key_id: key.keyId, private_key_path: key.privateKeyPath }));
  const [first = { key_id: '', private_key_path: '' }] = all;
  return { rest, ws, ...first, ...(all.length > 1 ? { keys: all } : {}) };
};

const failure = (error: unknown): unknown => {
  if (error instanceof ExchangeOptionError)
    return new CommandFailure(ExitCode.usage, error.message, { fix: 'correct the option', cause: error });
  if (error instanceof PortInUseError || error instanceof ListenError)
    return new CommandFailure(ExitCode.preflightFailed, error.message, { fix: 'choose another --port or --host', cause: error });
  return error;
};

/** Until somebody asks the program to stop, the exchange fails, or the time is up. */
const untilEnd = async ({ options }: CommandContext, signal: AbortSignal): Promise<void> => {
  const duration = options.optionalDuration('duration');
  if (signal.aborted) return;
  if (duration !== null) {
    await sleep(toSeconds(duration) * 1000, undefined, { signal }).catch((error: unknown) => {
      // Ending early is what the signal is for.
      if (!signal.aborted) throw error;
    });
    return;
  }
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
};

/**
 * @param printLine writes one line to stdout. The connection is one line in every mode, so that scripts can take it while the exchange runs; the
 *   indented document of `--json` would come in pieces.
 */
const runWith =
  (printLine: (line: string) => void) =>
  async (context: CommandContext): Promise<number> => {
    const faults: unknown[] = [];
    const broken = new AbortController();
    const onFault = (error: unknown): void => {
      faults.push(error);
      broken.abort();
    };
    let running: RunningExchange;
    try {
      running = await startExchangeServer({ ...optionsOf(context), onFault });
    } catch (error) {
      throw failure(error);
    }
    const { output, json } = context;
    if (!json) {
      output.out(`the simulated exchange is ready with ${running.exchange.markets().length} markets; Ctrl-C ends it`);
      output.out(`REST ${running.rest}, websocket ${running.ws}`);
      for (const key of running.keys) output.out(`key ${key.keyId} in ${key.privateKeyPath}`);
    }
    printLine(JSON.stringify(connectionOf(running)));
    try {
      await untilEnd(context, AbortSignal.any([context.signal, broken.signal]));
    } finally {
      await running.close();
    }
    // The exchange has found a fault of its own: nothing it says can be trusted, so the run ends, keys removed.
    if (faults.length > 0) throw faults[0];
    return ExitCode.ok;
  };

export const exchangeCommand = (printLine: (line: string) => void = (line) => void process.stdout.write(`${line}\n`)): Command => ({
  name: 'exchange',
  summary: 'Run the simulated exchange by itself.',
  description: [
    'Starts an exchange on this machine that speaks the REST and websocket protocol of the real one, with a crowd that trades. Any client can connect with the address and key it prints.',
    'When it is ready it prints one line of JSON: {"rest", "ws", "key_id", "private_key_path"}, with "keys" where there are several accounts. The keys are removed at the end.',
    `Switches decide what the documents of the real exchange leave open: ${SWITCH_VALUES.map(({ name }) => name).join(', ')}.`,
  ].join('\n\n'),
  options: [
    { name: 'port', value: 'integer', default: '0', range: { low: 0, high: 65_535 }, describe: 'Port to listen on; 0 takes a free one.' },
    { name: 'host', value: 'text', default: '127.0.0.1', describe: 'Address to listen on. Anything but loopback lets others in.' },
    { name: 'seed', value: 'text', default: '1', describe: 'What the crowd does follows from it.' },
    { name: 'key-type', value: 'text', default: 'rsa', choices: ['rsa', 'ed25519'], describe: 'Kind of the private keys.' },
    { name: 'keys', value: 'integer', default: '1', range: { low: 1, high: KEYS_MAX }, describe: 'Accounts, each with a key of its own.' },
    { name: 'tier', value: 'text', default: 'basic', choices: Object.keys(TIERS), describe: 'Rate limits of every account.' },
    {
      name: 'markets',
      value: 'integer',
      default: String(MARKETS_MAX),
      range: { low: 1, high: MARKETS_MAX },
      describe: 'How many markets are listed.',
    },
    {
      name: 'index',
      value: 'flag',
      describe: 'Also list bitcoin strikes, KXSIMBTC, that settle on an index published on the channel cfbenchmarks_value.',
    },
    { name: 'crowd', value: 'flag', default: 'true', describe: 'Others trade too; --no-crowd leaves the books empty.' },
    {
      name: 'latency',
      value: 'flag',
      default: 'true',
      describe: 'Answers take as long as from the nearest data centre; --no-latency answers at once.',
    },
    { name: 'switch', value: 'text', placeholder: '<name=value>', repeatable: true, describe: 'Decide an open point otherwise.' },
    { name: 'truth', value: 'path', describe: 'Write what the matching engine did to this file, one JSON line per event.' },
    { name: 'duration', value: 'duration', describe: 'Stop by itself after this time.' },
  ],
  examples: [
    { line: 'exchange --port 8080 --seed 7', describe: 'an exchange at a fixed port' },
    { line: 'exchange --json --keys 2 --key-type ed25519', describe: 'two accounts, for scripts' },
    { line: 'exchange --switch groupTriggersAt=limit', describe: 'order groups trip when the limit is reached' },
  ],
  run: runWith(printLine),
});
