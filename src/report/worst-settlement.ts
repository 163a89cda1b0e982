/**
 * What would be lost if everything that is held settled against us now, measured from the present mark: the number that a Sharpe ratio hides, since a binary pays all or
 * nothing at its end. Markets whose outcomes exclude each other are taken together: at most one of them pays.
 */
import { cash, ZERO_CASH, type Cash, type Price, type Quantity } from '../domain/units.js';

/** One market as it stands. */
export interface Stake {
  readonly position: Quantity;
  /** Price units; null where no mid was ever known, which counts as nothing to lose beyond the worth of a contract that pays. */
  readonly mark: number | null;
  readonly payout: Price;
}

/** @returns the loss, positive or zero */
export const worstLossAlone = ({ position, mark, payout }: Stake): Cash => {
  if (position === 0) return ZERO_CASH;
  return loss(position > 0 ? position * (mark ?? payout) : -position * (payout - (mark ?? 0)));
};

/** @param stakes markets of one event of which at most one settles YES @returns the loss, positive or zero */
export const worstLossTogether = (stakes: readonly Stake[]): Cash => {
  // Where none pays: what is long is gone, what is short is earned.
  const none = stakes.reduce((sum, { position, mark, payout }) => sum - position * (mark ?? (position > 0 ? payout : 0)), 0);
  const worst = stakes.reduce((least, { position, payout }) => Math.min(least, none + position * payout), none);
  return loss(-worst);
};

const loss = (amount: number): Cash => (amount <= 0 ? ZERO_CASH : cash(Math.ceil(amount)));
