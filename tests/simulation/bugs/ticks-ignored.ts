/** A change of ticks is not noticed on the stream. */
import type { EngineEvent } from '../../../src/domain/events.js';
import { lifecycleFact as original } from '../../../src/connector/wire-facts.js';

export * from '../../../src/connector/wire-facts.js';

export const lifecycleFact = (...message: Parameters<typeof original>): EngineEvent | null =>
  message[0].change.kind === 'grid-changed' ? null : original(...message);
