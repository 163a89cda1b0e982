/** A reading is taken to be as new as the moment at which it came. */
import type { AccountReading } from '../../../src/domain/events.js';
import { readAccount as original } from '../../../src/connector/account-reading.js';

export * from '../../../src/connector/account-reading.js';

export const readAccount = async (...parts: Parameters<typeof original>): Promise<AccountReading> => {
  const reading = await original(...parts);
  return { ...reading, validUntil: reading.at };
};
