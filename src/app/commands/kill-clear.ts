/** `kmm kill --clear`: a person takes the latch off, says what was found, and confirms it where something still trades or rests. */
import { userInfo } from 'node:os';
import type { CommandContext } from '../../cli/command.js';
import { confirmTyped } from '../../cli/confirm.js';
import { CommandFailure, ExitCode } from '../../cli/exit-codes.js';
import { describe } from '../../connector/rest-result.js';
import { wayTo, type Account, type Ways } from '../accounts.js';
import { heldShards } from '../group-holds.js';
import { openSweepClient, type SweepClient } from '../sweep/sweep-client.js';
import { isOurs } from '../sweep/sweep.js';
import { plural } from '../sweep/sweep-text.js';
import { systemHost } from '../system-host.js';
import { refuseWeakTls } from '../system-hygiene.js';

/** Latches of the loss limits, by the codes they begin with. */
const LOSSES = /^(loss-session|drawdown)\b/;
const PHRASE = 'clear the latch';

/** @throws CommandFailure (usage) without a reason or a confirmation that is needed */
export const clearLatches = async (context: CommandContext, accounts: readonly Account[], ways: Ways, found: string): Promise<number> => {
  refuseWeakTls();
  if (found.trim() === '')
    throw new CommandFailure(ExitCode.usage, 'the latch is not cleared without a reason', {
      fix: 'say what was found and done: kmm kill --clear "bad signal file, replaced"',
    });
  const latched = accounts.filter(({ state }) => state.latch() !== null);
  const doubts = (await Promise.all(latched.map((account) => doubtsOf(ways, account)))).flat();
  if (doubts.length > 0 && !context.options.flag('yes'))
    await confirmTyped(context.prompt, context.output, { warning: doubts, phrase: PHRASE, flag: '--yes' });
  const who = person();
  const told = accounts.map((account) => clear(account, { who, found: found.trim() }));
  if (context.json) context.output.json({ accounts: told, doubts });
  else for (const account of told) context.output.out(`${account.folder}: ${account.text}`);
  return ExitCode.ok;
};

interface Told {
  readonly folder: string;
  readonly latched: boolean;
  readonly bot: number | null;
  readonly text: string;
}

const clear = ({ state }: Account, by: { readonly who: string; readonly found: string }): Told => {
  const before = state.latch();
  const held = heldShards(state);
  if (before !== null || held.length > 0) state.recordClearing({ ...by, heldShards: held }, new Date());
  if (held.length > 0) state.clearGroupHolds();
  // Else the next run would halt at once. Who clears where nothing is latched means the session.
  const endsSession = before === null ? held.length === 0 && state.runningBot() === null : LOSSES.test(before.reason);
  if (endsSession) state.resetSession(new Date());
  if (before !== null) state.clearLatch();
  const was = [
    ...(before === null ? [] : [before.reason]),
    ...(held.length === 0 ? [] : [`order groups held on shard ${held.join(', ')}`]),
  ];
  const text =
    was.length === 0
      ? `was not latched${endsSession ? '; the next run begins a new session' : ''}`
      : `cleared by ${by.who} (it was: ${was.join('; ')}; found: ${by.found})`;
  return { folder: state.folder, latched: false, bot: state.runningBot()?.pid ?? null, text };
};

/** What speaks against clearing, one line each. */
const doubtsOf = async (ways: Ways, account: Account): Promise<readonly string[]> => {
  const { state } = account;
  const bot = state.runningBot();
  const resting = await restingText(ways, account);
  return [
    ...(bot === null ? [] : [`${state.folder}: process ${bot.pid} still runs there; wait until it has ended, or end it`]),
    ...(resting === null ? [] : [`${state.folder}: ${resting}`]),
  ];
};

/** null where nothing of ours rests. */
const restingText = async (ways: Ways, account: Account): Promise<string | null> => {
  const way = await wayTo(ways, account);
  if (way.type === 'inside') return null;
  if (way.type === 'none') return `whether orders of ours rest there could not be checked (${way.why})`;
  let client: SweepClient | null = null;
  try {
    client = openSweepClient(way.access, way.settings, account.subaccount, systemHost());
    const orders = await client.api.account.orders('resting');
    if (orders.kind !== 'ok') return `whether orders of ours rest there could not be checked (${describe(orders)})`;
    const own = orders.value.filter((order) => isOurs(order, way.settings.engine.clientIdPrefix));
    return own.length === 0 ? null : `${plural(own.length, 'order')} of ours still rest; cancel them first: kmm cancel-all`;
  } catch (error) {
    return `whether orders of ours rest there could not be checked (${error instanceof Error ? error.message : String(error)})`;
  } finally {
    await client?.close();
  }
};

/** The login name; where somebody acts as another, both. */
const person = (): string => {
  const behind = process.env['SUDO_USER'];
  const name = loginName();
  return behind === undefined || behind === '' || behind === name ? name : `${behind} as ${name}`;
};

const loginName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have a number and no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
};
