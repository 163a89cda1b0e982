/** Which subaccounts every account has opened, their netting switch and their past transfers. Number 0 is always there. */
import type { AccountId } from '../core/words.js';
import type { EpochUs } from '../../domain/units.js';

const NUMBER_MAX = 63;

/** One move of money that was carried out, newest first in lists. */
export interface PastTransfer {
  readonly id: string;
  readonly from: { readonly shard: number; readonly subaccount: number };
  readonly to: { readonly shard: number; readonly subaccount: number };
  /** As it was asked for, in the unit of its endpoint. */
  readonly amount: number;
  readonly at: EpochUs;
  readonly kind: 'subaccount' | 'shard';
}

interface Family {
  readonly numbers: number[];
  readonly netting: Map<number, boolean>;
  readonly transfers: PastTransfer[];
}

export class Subaccounts {
  readonly #families = new Map<AccountId, Family>();

  #family(account: AccountId): Family {
    let family = this.#families.get(account);
    if (family === undefined) {
      family = { numbers: [0], netting: new Map([[0, true]]), transfers: [] };
      this.#families.set(account, family);
    }
    return family;
  }

  of(account: AccountId): readonly number[] {
    return this.#family(account).numbers;
  }

  has(account: AccountId, number: number): boolean {
    return this.#family(account).numbers.includes(number);
  }

  /** Opens the next one and gives its number, or null where all 63 are open. A new one inherits the primary's netting. */
  open(account: AccountId): number | null {
    const { numbers, netting } = this.#family(account);
    const next = numbers.length;
    if (next > NUMBER_MAX) return null;
    numbers.push(next);
    netting.set(next, netting.get(0) ?? true);
    return next;
  }

  netting(account: AccountId): ReadonlyMap<number, boolean> {
    return this.#family(account).netting;
  }

  setNetting(account: AccountId, number: number, enabled: boolean): void {
    this.#family(account).netting.set(number, enabled);
  }

  note(account: AccountId, transfer: PastTransfer): void {
    this.#family(account).transfers.unshift(transfer);
  }

  transfers(account: AccountId, kind: PastTransfer['kind']): readonly PastTransfer[] {
    return this.#family(account).transfers.filter((transfer) => transfer.kind === kind);
  }
}
