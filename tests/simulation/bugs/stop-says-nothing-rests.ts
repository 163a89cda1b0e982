/** A stop that could not prove anything says that nothing rests. */
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { Engine as Original } from '../../../src/engine/engine.js';

export * from '../../../src/engine/engine.js';

export class Engine extends Original {
  override step(event: EngineEvent): readonly EngineAction[] {
    return super.step(event).map((action) => (action.type === 'stopped' ? { ...action, left: 0 } : action));
  }
}
