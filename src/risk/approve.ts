/** The one place where the brand `Approved` is given. Only `risk.ts` may import it. */
import type { Approved, VenueCommand } from '../domain/order.js';

export const markApproved = (command: VenueCommand): Approved<VenueCommand> => command as Approved<VenueCommand>;
