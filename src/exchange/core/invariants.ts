/** What must hold of the ledger whatever happens. A breach is a fault of this exchange, never of its clients. */
import { assert } from '../../domain/errors.js';
import { heldBeforeFees } from './collateral.js';
import type { Kernel } from './kernel.js';
import type { MarketState, Wallet } from './records.js';

const checkUncrossed = (market: MarketState): void => {
  const bid = market.book.best('bid');
  const ask = market.book.best('ask');
  assert(bid === null || ask === null || bid.price < ask.price, `the book of ${market.ticker} is crossed`);
};

/**
 * Before fees no wallet can owe: each order was secured when it came in. Fees may exceed what was held for them by roundings, so what was
 * ever charged is added back.
 */
const checkSecured = (kernel: Kernel, wallet: Wallet): void => {
  const before = wallet.cash + wallet.feesPaid;
  // The bound settles the usual case at once.
  assert(
    before >= wallet.gross || before >= heldBeforeFees(kernel, wallet),
    `a wallet of ${wallet.account.name} has less than its orders need`,
  );
};

/** After every command and act: only what it touched. */
export const checkTouched = (kernel: Kernel): void => {
  for (const market of kernel.touchedMarkets) checkUncrossed(market);
  for (const wallet of kernel.touchedWallets) checkSecured(kernel, wallet);
  kernel.touchedMarkets.clear();
  kernel.touchedWallets.clear();
};

const auditMarket = (market: MarketState): void => {
  checkUncrossed(market);
  let net = 0;
  let long = 0;
  for (const position of market.positions) {
    net += position.quantity;
    long += Math.max(position.quantity, 0);
    assert(position.cost >= 0 && (position.quantity !== 0 || position.cost === 0), `a flat position in ${market.ticker} has a cost`);
  }
  assert(net === 0, `the positions of ${market.ticker} do not cancel out`);
  assert(long === market.openInterest, `the open interest of ${market.ticker} is not the sum of long positions`);
  for (const side of ['bid', 'ask'] as const)
    for (const level of market.book.levels(side)) {
      let total = 0;
      for (const order of level.orders) {
        assert(order.remaining > 0 && order.status === 'resting' && order.price === level.price, `a dead order rests in ${market.ticker}`);
        total += order.remaining;
      }
      assert(total === level.total, `a level of ${market.ticker} is not the sum of its orders`);
    }
};

/** The whole ledger: all money paid in is in wallets, in open contracts or kept as fees. */
export const audit = (kernel: Kernel): void => {
  let money = kernel.feesCollected as number;
  for (const market of kernel.markets.values()) {
    auditMarket(market);
    money += market.openInterest * market.grid.payout;
  }
  for (const account of kernel.accounts.values())
    for (const wallet of account.wallets.values()) {
      money += wallet.cash;
      let gross = 0;
      for (const position of wallet.positions.values()) for (const order of position.resting) gross += order.gross;
      assert(gross === wallet.gross, `the bound of a wallet of ${account.name} is not the sum of its orders`);
      checkSecured(kernel, wallet);
    }
  assert(money === kernel.deposited, 'money was made or lost');
};
