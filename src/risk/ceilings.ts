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
      orderSizeMax: size('orderSizeMax', settings.orderSizeMax, ORDER_SIZE_CEILING),
      positionMaxPerMarket: size('positionMaxPerMarket', settings.positionMaxPerMarket, POSITION_CEILING),
      positionMaxPerEvent: size('positionMaxPerEvent', settings.positionMaxPerEvent, POSITION_CEILING),
      positionMaxPerAccount: size('positionMaxPerAccount', settings.positionMaxPerAccount, POSITION_CEILING),
      capitalMax: money('capitalMax', settings.capitalMax, CAPITAL_CEILING),
      openOrdersMax: clamp('openOrdersMax', settings.openOrdersMax, OPEN_ORDERS_CEILING, String),
      orderRateMax: clamp('orderRateMax', settings.orderRateMax, ORDER_RATE_CEILING, String),
      lossMaxSession: money('lossMaxSession', settings.lossMaxSession, LOSS_CEILING),
      lossMaxPerMarket: money('lossMaxPerMarket', settings.lossMaxPerMarket, LOSS_CEILING),
      drawdownMax: money('drawdownMax', settings.drawdownMax, LOSS_CEILING),
      refusalsMaxPerMinute: clamp('refusalsMaxPerMinute', settings.refusalsMaxPerMinute, REFUSALS_CEILING, String),
    },
    lowered,
  };
};
