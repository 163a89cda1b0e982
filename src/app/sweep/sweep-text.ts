/** What a sweep came to, for people and for programs. */
import type { RestOrder } from '../../connector/rest-portfolio.js';
import { formatPrice, formatQuantity, toEpochMs } from '../../domain/units.js';
import type { SweepReport } from './sweep.js';

/** One sentence, without a full stop. */
export const sweepText = (report: SweepReport): string => {
  const foreign = report.foreign === 0 ? '' : `; ${plural(report.foreign, 'order')} of others left alone`;
  if (!report.listed) return `the exchange could not be asked (${report.problem ?? 'no answer'}): orders may rest there`;
  const groups = report.groupsTriggered === 0 ? '' : ` (${plural(report.groupsTriggered, 'order group')} triggered)`;
  if (report.clear && report.found === 0) return `nothing of it rests, proven after ${seconds(report.elapsedMs)}${groups}${foreign}`;
  if (report.clear) return `${plural(report.found, 'order')} gone${groups}, proven after ${seconds(report.elapsedMs)}${foreign}`;
  const why = report.problem === null ? '' : ` (${report.problem})`;
  return report.left.length > 0
    ? `${plural(report.left.length, 'order')} of ${report.found} may still rest after ${seconds(report.elapsedMs)}${why}`
    : `it could not be proven within ${seconds(report.elapsedMs)} that nothing rests${why}`;
};

export const sweepDocument = (report: SweepReport): object => ({
  clear: report.clear,
  listed: report.listed,
  found: report.found,
  foreign: report.foreign,
  groups_triggered: report.groupsTriggered,
  left: report.left.map(orderDocument),
  problem: report.problem,
  listed_ms: report.listedMs,
  gone_ms: report.goneMs,
  elapsed_ms: report.elapsedMs,
});

export const orderDocument = (order: RestOrder): object => ({
  ticker: order.ticker,
  side: order.side,
  price: formatPrice(order.price),
  remaining: formatQuantity(order.remaining),
  client_order_id: order.clientId,
  order_id: order.orderId,
  order_group_id: order.group,
  expires_at: timeText(order),
});

/** A table of orders, head first. */
export const orderLines = (orders: readonly RestOrder[]): readonly string[] => {
  const width = Math.max(6, ...orders.map((order) => order.ticker.length));
  const line = (ticker: string, side: string, price: string, size: string, expires: string, id: string): string =>
    `${ticker.padEnd(width)}  ${side.padEnd(4)}  ${price.padStart(8)}  ${size.padStart(10)}  ${expires.padEnd(20)}  ${id}`;
  const head = line('market', 'side', 'price $', 'contracts', 'expires', 'client order id');
  return [
    head,
    ...orders.map((order) =>
      line(
        order.ticker,
        order.side,
        formatPrice(order.price),
        formatQuantity(order.remaining),
        timeText(order) ?? 'never',
        order.clientId ?? '(none)',
      ),
    ),
  ];
};

const timeText = ({ expiresAt }: RestOrder): string | null =>
  expiresAt === null ? null : new Date(toEpochMs(expiresAt)).toISOString().replace(/\.\d+Z$/, 'Z');

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
