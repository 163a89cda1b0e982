/** How much to quote. Quoting reference d.5. */
import type { QuoteSettings } from '../domain/settings.js';
import { contractsOf, quantity, QUANTITY_PER_CONTRACT, type Quantity } from '../domain/units.js';

/** A whole number of contracts stays one; a lot that is itself a fraction is shaped in the exchange's own steps. */
const stepOf = (lot: Quantity): number => (lot % QUANTITY_PER_CONTRACT === 0 ? QUANTITY_PER_CONTRACT : 1);

/** 6.9999999999 steps are 7: an exponential that should be whole must not lose a step to float noise. */
const GUARD = 1e-9;

const shrink = (lot: Quantity, exponent: number): Quantity => {
  const step = stepOf(lot);
  return quantity(Math.floor((lot * Math.exp(-exponent)) / step + GUARD) * step);
};

/**
 * Sizes of both quotes: the side that adds to the inventory decays with it, the side that reduces stays a full lot, or is raised to what is held, up to
 * `unwindLotsMax` lots. Zero where less than one step is left. Leaning prices and shaping sizes do the same job: with both, halve one of them.
 */
export const shapedSizes = (
  settings: Pick<QuoteSettings, 'lot' | 'sizeDecayPerContract' | 'unwindLotsMax'>,
  inventory: Quantity,
): { readonly bid: Quantity; readonly ask: Quantity } => {
  const { lot, sizeDecayPerContract } = settings;
  const held = contractsOf(inventory);
  return {
    bid: held > 0 ? shrink(lot, sizeDecayPerContract * held) : unwinding(settings, inventory),
    ask: held < 0 ? shrink(lot, sizeDecayPerContract * -held) : unwinding(settings, inventory),
  };
};

/** min(D k_max, |q|) in whole steps, but never less than a lot. */
const unwinding = ({ lot, unwindLotsMax = 1 }: Pick<QuoteSettings, 'lot' | 'unwindLotsMax'>, inventory: Quantity): Quantity => {
  const most = Math.min(lot * unwindLotsMax, Math.abs(inventory));
  return most <= lot ? lot : quantity(Math.floor(most / stepOf(lot)) * stepOf(lot));
};
