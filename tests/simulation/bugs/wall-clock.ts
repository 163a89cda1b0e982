/** Time is read from the wall clock, which can jump. */
import type { Host } from '../../../src/app/host.js';
import { tradeOn as original } from '../../../src/app/trading.js';

export * from '../../../src/app/trading.js';

export const tradeOn: typeof original = (host: Host, ...rest) => {
  const { clock } = host;
  return original({ ...host, clock: { now: () => clock.wall(), wall: () => clock.wall(), monoNs: () => clock.monoNs() } }, ...rest);
};
