/** The exchange says that it pauses, and new orders go on. */
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { Engine as Original } from '../../../src/engine/engine.js';

export * from '../../../src/engine/engine.js';

export class Engine extends Original {
  override step(event: EngineEvent): readonly EngineAction[] {
    return event.type === 'exchange-status' ? [] : super.step(event);
  }
}
