/** Opens the accounts that the options ask for, and makes their keys. */
import { cash, type EpochUs } from '../../domain/units.js';
import type { Exchange } from '../core/exchange.js';
import type { AccountId } from '../core/words.js';
import type { KeyRing } from './auth.js';
import { Budget, type Tier } from './budget.js';
import type { KeyFolder, KeyType } from './keys.js';
import type { AccountOptions } from './options.js';
import type { Subaccounts } from './subaccounts.js';

/** A key as its user gets it. */
export interface HandedKey {
  readonly keyId: string;
  readonly privateKeyPath: string;
  readonly account: AccountId;
}

/** 10,000 $ on every shard. */
const CASH_PER_SHARD = cash(10_000_000_000);
/** The precision of a direct member: 0.0001 $. */
const DIRECT_MEMBER = cash(100);

interface Rooms {
  readonly exchange: Exchange;
  readonly keys: KeyRing<AccountId>;
  readonly folder: KeyFolder;
  readonly subaccounts: Subaccounts;
  readonly budgets: Map<AccountId, Budget>;
}

interface Defaults {
  readonly tier: Tier;
  readonly keyType: KeyType;
  readonly now: EpochUs;
}

const openAccount = async (rooms: Rooms, options: AccountOptions, name: string, defaults: Defaults): Promise<readonly HandedKey[]> => {
  const shards = rooms.exchange.exchangeStatus().map((status) => status.shard);
  const amount = options.cashPerShard ?? CASH_PER_SHARD;
  const account = rooms.exchange.openAccount({
    name: options.name ?? name,
    precision: DIRECT_MEMBER,
    deposits: shards.map((shard) => ({ shard, amount })),
  });
  rooms.budgets.set(account, new Budget(options.tier ?? defaults.tier, Math.max(...shards) + 1, defaults.now));
  for (let i = 0; i < (options.subaccounts ?? 0); i++) rooms.subaccounts.open(account);
  const handed: HandedKey[] = [];
  for (const key of options.keys ?? [{}]) {
    const issued = await rooms.folder.issue(key.type ?? defaults.keyType);
    rooms.keys.add({
      keyId: issued.keyId,
      name: key.name ?? `${name}-${handed.length + 1}`,
      publicKey: issued.publicKey,
      account,
      scopes: key.scopes ?? ['read', 'write'],
      subaccount: key.subaccount ?? null,
    });
    handed.push({ keyId: issued.keyId, privateKeyPath: issued.privateKeyPath, account });
  }
  return handed;
};

/** @returns all keys, in the order of the accounts */
export const openAccounts = async (
  rooms: Rooms,
  accounts: readonly AccountOptions[],
  defaults: Defaults,
): Promise<readonly HandedKey[]> => {
  const handed: HandedKey[] = [];
  for (const [i, options] of accounts.entries()) handed.push(...(await openAccount(rooms, options, `account-${i + 1}`, defaults)));
  return handed;
};
