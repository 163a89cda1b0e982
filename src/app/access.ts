/** The way to an exchange: which addresses, which key, and for `sim` the exchange itself. */
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import type { Credentials, Settings, SimulatedExchangeSettings } from '../config/settings.js';
import { checkedUrl, HostRefusedError, REST_URLS, WEBSOCKET_URLS } from '../connector/hosts.js';
import { KeyError, loadPrivateKey, type RequestKey } from '../connector/keys.js';
import { DEFAULT_CROWD, paced, type CrowdSettings } from '../exchange/crowd/settings.js';
import { MEASURED_LATENCY, NO_LATENCY } from '../exchange/server/latency.js';
import { ExchangeWorkerError, startExchangeWorker, type ExchangeInWorker } from '../exchange/server/worker-client.js';
import { readConnectLine } from './connect-line.js';
import { refuseOpenMemory } from './system-hygiene.js';
import { askedPassphrase, givenPassphrase, VARIABLE_ONLY, type PassphraseSources } from './system-passphrase.js';

export interface Access {
  readonly env: 'sim' | 'custom' | 'demo' | 'prod';
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly keyId: string;
  readonly key: RequestKey;
  /** Ends what was started for this access: the simulated exchange, if any. */
  close(): Promise<void>;
}

const NOTHING_TO_CLOSE = (): Promise<void> => Promise.resolve();

/**
 * Opens the way for the settings' environment.
 * @param connectFile for `custom`: a file with the line that the stand-alone exchange prints; takes the place of credentials and addresses
 * @param sources where a passphrase may come from, beside the variable that the configuration names
 * @throws CommandFailure (credentials, usage) with what to do
 */
export const openAccess = async (
  settings: Settings,
  connectFile: string | null,
  sources: PassphraseSources = VARIABLE_ONLY,
): Promise<Access> => {
  switch (settings.environment) {
    case 'sim':
      return simulated(settings.exchange);
    case 'custom':
      return connectFile === null ? configured('custom', settings, sources) : connected(connectFile);
    case 'demo':
    case 'prod':
      return configured(settings.environment, settings, sources);
    case 'playback':
      throw new CommandFailure(ExitCode.usage, 'playback has no exchange to connect to', { fix: 'name a recording with --from FILE' });
  }
};

const simulated = async (settings: SimulatedExchangeSettings): Promise<Access> => {
  const running = await started(settings);
  const key = running.keys[0];
  if (key === undefined) throw new CommandFailure(ExitCode.unexpected, 'the simulated exchange handed out no key', { fix: 'report this' });
  return {
    env: 'sim',
    restUrl: running.rest,
    wsUrl: running.ws,
    keyId: key.keyId,
    key: readKey(key.privateKeyPath, undefined),
    close: () => running.close(),
  };
};

/** Codes of PortInUseError and ListenError, which lose their class on the way out of the thread. */
const CANNOT_LISTEN: ReadonlySet<string> = new Set(['PORT_IN_USE', 'CANNOT_LISTEN']);

const started = (settings: SimulatedExchangeSettings): Promise<ExchangeInWorker> =>
  startExchangeWorker({
    seed: settings.seed,
    tier: settings.tier,
    // Ed25519 signs in a few microseconds; RSA would be most of the latency a newcomer sees.
    keyType: 'ed25519',
    port: settings.port,
    markets: settings.markets,
    indexEvent: settings.indexEvent,
    accounts: [{ cashPerShard: settings.deposit }],
    latency: settings.latency ? MEASURED_LATENCY : NO_LATENCY,
    core: { crowd: crowdOf(settings.crowd) },
  }).catch((error: unknown) => {
    if (error instanceof ExchangeWorkerError && CANNOT_LISTEN.has(error.code))
      throw new CommandFailure(ExitCode.preflightFailed, 'the simulated exchange cannot start', {
        why: error.message,
        fix: 'set exchange.port to 0, which takes a free one',
        cause: error,
      });
    throw error;
  });

/** Calm trades a third as often as normal, lively three times as often. */
const crowdOf = (mood: SimulatedExchangeSettings['crowd']): CrowdSettings | null => {
  switch (mood) {
    case 'none':
      return null;
    case 'calm':
      return paced(DEFAULT_CROWD, 1 / 3);
    case 'normal':
      return DEFAULT_CROWD;
    case 'lively':
      return paced(DEFAULT_CROWD, 3);
  }
};

const connected = (file: string): Access => {
  const line = readConnectLine(file);
  checkAddresses('custom', line.rest, line.ws);
  return {
    env: 'custom',
    restUrl: line.rest,
    wsUrl: line.ws,
    keyId: line.key_id,
    key: readKey(line.private_key_path, undefined),
    close: NOTHING_TO_CLOSE,
  };
};

const configured = async (env: 'custom' | 'demo' | 'prod', settings: Settings, sources: PassphraseSources): Promise<Access> => {
  const { credentials, connector } = settings;
  if (credentials === null)
    throw new CommandFailure(ExitCode.credentials, `no API key is configured for ${env}`, {
      fix:
        env === 'custom'
          ? 'name a connection with --connect FILE, or set credentials.custom and connector.rest_url in the configuration'
          : `run "kmm init", or set credentials.${env}.key_id and credentials.${env}.private_key_path`,
    });
  const restUrl = connector.restUrl ?? (env === 'custom' ? null : REST_URLS[env]);
  const wsUrl = connector.websocketUrl ?? (env === 'custom' ? null : WEBSOCKET_URLS[env]);
  if (restUrl === null || wsUrl === null)
    throw new CommandFailure(ExitCode.configInvalid, 'the environment custom needs addresses', {
      fix: 'set connector.rest_url and connector.websocket_url, or name a connection with --connect FILE',
    });
  // Both, before the key is even read: the stream's handshake is signed too.
  checkAddresses(env, restUrl, wsUrl);
  return {
    env,
    restUrl,
    wsUrl,
    keyId: credentials.keyId,
    key: await accountKey(credentials, sources),
    close: NOTHING_TO_CLOSE,
  };
};

const checkAddresses = (env: 'custom' | 'demo' | 'prod', ...addresses: readonly string[]): void => {
  try {
    for (const address of addresses) checkedUrl(address, env);
  } catch (error) {
    if (!(error instanceof HostRefusedError)) throw error;
    throw new CommandFailure(ExitCode.configInvalid, 'an address is refused before anything is sent to it', {
      why: error.message,
      fix: 'correct connector.rest_url and connector.websocket_url, or leave them out',
      cause: error,
    });
  }
};

/** The key of a real account. A person is asked for its passphrase only where it needs one that nothing else gave. */
const accountKey = async (credentials: Credentials, sources: PassphraseSources): Promise<RequestKey> => {
  refuseOpenMemory();
  const { privateKeyPath } = credentials;
  const given = givenPassphrase(credentials, sources);
  try {
    return loadPrivateKey(privateKeyPath, given);
  } catch (error) {
    const locked = error instanceof KeyError && error.code === 'KEY_PASSPHRASE' && (given ?? '') === '';
    const typed = locked ? await askedPassphrase(privateKeyPath, sources) : undefined;
    if (typed === undefined) throw keyFailure(error);
    return readKey(privateKeyPath, typed);
  }
};

const readKey = (path: string, passphrase: string | undefined): RequestKey => {
  try {
    return loadPrivateKey(path, passphrase);
  } catch (error) {
    throw keyFailure(error);
  }
};

const keyFailure = (error: unknown): unknown =>
  error instanceof KeyError
    ? new CommandFailure(ExitCode.credentials, 'the private key cannot be used', {
        why: error.message,
        fix: 'put the key file right as said, or name another one',
        cause: error,
      })
    : error;
