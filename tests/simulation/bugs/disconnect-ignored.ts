/** A lost stream changes nothing: the old book is quoted on. */
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { Engine as Original } from '../../../src/engine/engine.js';

export * from '../../../src/engine/engine.js';

export class Engine extends Original {
  override step(event: EngineEvent): readonly EngineAction[] {
    const isLoss = event.type === 'feed-down' || (event.type === 'book-lost' && event.reason === 'disconnected');
    return isLoss ? [] : super.step(event);
  }
}
