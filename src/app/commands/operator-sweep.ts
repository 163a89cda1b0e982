/** A sweep of one account over connections of this process. */
import type { Account, Way } from '../accounts.js';
import { openSweepClient, type SweepClient } from '../sweep/sweep-client.js';
import { sweep, type SweepOrder, type SweepReport } from '../sweep/sweep.js';
import { systemHost } from '../system-host.js';

export type Swept =
  | { readonly type: 'swept'; readonly report: SweepReport }
  /** The exchange lives in the bot's own process. */
  | { readonly type: 'inside' }
  | { readonly type: 'failed'; readonly why: string };

export const sweepAccount = async (way: Way, account: Pick<Account, 'subaccount'>, how: Omit<SweepOrder, 'prefix'>): Promise<Swept> => {
  if (way.type === 'inside') return { type: 'inside' };
  if (way.type === 'none') return { type: 'failed', why: way.why };
  let client: SweepClient | null = null;
  try {
    client = openSweepClient(way.access, way.settings, account.subaccount, systemHost());
    const prefix = way.settings.engine.clientIdPrefix;
    return { type: 'swept', report: await sweep(client, { ...how, prefix }) };
  } catch (error) {
    return { type: 'failed', why: error instanceof Error ? error.message : String(error) };
  } finally {
    await client?.close();
  }
};

export const isProven = (swept: Swept): boolean => swept.type === 'swept' && swept.report.clear;
