/**
 * Hard ceilings that no configuration can raise. They are generous: far above what a sensible limit is, and below what a slip of the keyboard can do.
 * A configured limit above its ceiling is brought down to it and named, so that nobody trades under a limit that is not the one in force.
 */
import type { RiskSettings } from '../domain/settings.js';
import { formatCash, formatQuantity, parseCash, parseQuantity, type Cash, type Quantity } from '../domain/units.js';

export const ORDER_SIZE_CEILING = parseQuantity('25000');
export const POSITION_CEILING = parseQuantity('1000000');
export const CAPITAL_CEILING = parseCash('5000000');
export const LOSS_CEILING = parseCash('1000000');
export const OPEN_ORDERS_CEILING = 10_000;
/** The highest tier pays for 960 placements a second. */
export const ORDER_RATE_CEILING = 1_000;
export const REFUSALS_CEILING = 600;
/** The exchange takes no larger limit for an order group. */
export const FILL_BURST_CEILING = parseQuantity('1000000');

export interface Clamped {
  readonly settings: RiskSettings;
  /** One text per limit that was brought down; empty where all stand as configured. */
  readonly lowered: readonly string[];
}

export const underCeilings = (settings: RiskSettings): Clamped => {
  const lowered: string[] = [];
  const clamp = <T extends number>(key: string, configured: T, ceiling: T, show: (value: T) => string): T => {
    if (configured <= ceiling) return configured;
    lowered.push(`${key} ${show(configured)} is above the hard ceiling: ${show(ceiling)} is in force`);
    return ceiling;
  };
  const size = (key: string, configured: Quantity, ceiling: Quantity): Quantity => clamp(key, configured, ceiling, formatQuantity);
  const money = (key: string, configured: Cash, ceiling: Cash): Cash => clamp(key, configured, ceiling, formatCash);
  return {
    settings: {
      ...settings,
      orderSizeMax: size('risk.order_size_max_contracts', settings.orderSizeMax, ORDER_SIZE_CEILING),
      positionMaxPerMarket: size('risk.position_max_contracts', settings.positionMaxPerMarket, POSITION_CEILING),
      positionMaxPerEvent: size('risk.position_max_event_contracts', settings.positionMaxPerEvent, POSITION_CEILING),
      positionMaxPerAccount: size('risk.position_max_account_contracts', settings.positionMaxPerAccount, POSITION_CEILING),
      settlementLossMaxPerMarket: money('risk.settlement_loss_max_market_dollars', settings.settlementLossMaxPerMarket, CAPITAL_CEILING),
      settlementLossMaxPerEvent: money('risk.settlement_loss_max_event_dollars', settings.settlementLossMaxPerEvent, CAPITAL_CEILING),
      capitalMax: money('risk.capital_max_dollars', settings.capitalMax, CAPITAL_CEILING),
      openOrdersMax: clamp('risk.open_orders_max', settings.openOrdersMax, OPEN_ORDERS_CEILING, String),
      orderRateMax: clamp('risk.order_rate_max_per_second', settings.orderRateMax, ORDER_RATE_CEILING, String),
      lossMaxSession: money('risk.loss_max_session_dollars', settings.lossMaxSession, LOSS_CEILING),
      lossMaxPerMarket: money('risk.loss_max_market_dollars', settings.lossMaxPerMarket, LOSS_CEILING),
      drawdownMax: money('risk.drawdown_max_dollars', settings.drawdownMax, LOSS_CEILING),
      fillBurstMax: size('risk.fill_burst_max_contracts', settings.fillBurstMax, FILL_BURST_CEILING),
      refusalsMaxPerMinute: clamp('risk.refusals_max_per_minute', settings.refusalsMaxPerMinute, REFUSALS_CEILING, String),
    },
    lowered,
  };
};
