/** The engine does nothing when somebody kills. */
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { Engine as Original } from '../../../src/engine/engine.js';

export * from '../../../src/engine/engine.js';

export class Engine extends Original {
  override step(event: EngineEvent): readonly EngineAction[] {
    return event.type === 'control' && event.command === 'kill' ? [] : super.step(event);
  }
}
