/** The accounts that have traded from a folder, and the way to each of them with what is configured here. */
import type { CommandContext } from '../cli/command.js';
import { CommandFailure } from '../cli/exit-codes.js';
import type { Settings } from '../config/settings.js';
import type { Environment } from '../domain/settings.js';
import { openAccess, type Access } from './access.js';
import { settingsFor } from './settings-options.js';
import { passphraseSources } from './system-passphrase.js';
import { accountFolder, StateFiles } from './state-files.js';

export interface Account {
  readonly state: StateFiles;
  /** Name of its folder: environment, part of a hash of the key id, subaccount. */
  readonly name: string;
  readonly env: Environment;
  readonly subaccount: number;
  /** Its orders are on paper, in the process of the bot. */
  readonly paper: boolean;
}

const NAME = /^(paper-)?(sim|custom|demo|prod)-[0-9a-f]{8}-(\d{1,2})$/;

/** Every account below `out`, of one environment or of all. Folders of other names are nobody's account. */
export const accountsBelow = (out: string, env: Environment | null): readonly Account[] =>
  StateFiles.all(out).flatMap((state) => {
    const account = accountOf(state);
    return account === null || (env !== null && account.env !== env) ? [] : [account];
  });

export const accountOf = (state: StateFiles): Account | null => {
  const name = state.folder.split(/[/\\]/).at(-1) ?? '';
  const match = NAME.exec(name);
  if (match === null) return null;
  return { state, name, env: match[2] as Environment, subaccount: Number(match[3]), paper: match[1] !== undefined };
};

export type Way =
  | { readonly type: 'open'; readonly access: Access; readonly settings: Settings }
  /** The exchange lives and dies with the bot's own process, or the orders are on paper there. */
  | { readonly type: 'inside' }
  | { readonly type: 'none'; readonly why: string };

const NO_NEEDS = { credentials: false, markets: false };

/** The configured ways, each looked for once: a passphrase is asked for once, and one after the other. */
export const waysOf = (context: CommandContext): ((env: Environment) => Promise<Way>) => {
  const known = new Map<Environment, Promise<Way>>();
  let before: Promise<unknown> = Promise.resolve();
  return (env) => {
    const way = known.get(env) ?? before.then(() => configuredWay(context, env));
    known.set(env, way);
    before = way;
    return way;
  };
};

export type Ways = ReturnType<typeof waysOf>;

/** The way that is configured for an environment. Never throws: whoever asks has something urgent to do. */
const configuredWay = async (context: CommandContext, env: Environment): Promise<Way> => {
  if (env === 'sim') return { type: 'inside' };
  try {
    const { settings } = settingsFor(context, env === 'custom' ? ['out', 'connect'] : ['out'], NO_NEEDS, env);
    const connect = env === 'custom' ? context.options.optionalText('connect') : null;
    return { type: 'open', settings, access: await openAccess(settings, connect, passphraseSources(context)) };
  } catch (error) {
    if (error instanceof CommandFailure) return { type: 'none', why: [error.what, error.why].filter((part) => part !== null).join(': ') };
    return { type: 'none', why: error instanceof Error ? error.message : String(error) };
  }
};

/** The configured way, where its key is this account's. */
export const wayTo = async (ways: Ways, account: Account): Promise<Way> => {
  if (account.paper) return { type: 'inside' };
  const way = await ways(account.env);
  if (way.type !== 'open' || accountFolder(account.env, way.access.keyId, account.subaccount) === account.name) return way;
  return { type: 'none', why: `the configured ${account.env} key is another one` };
};
