/** A settlement is not booked. */
import type { EngineAction } from '../../../src/domain/actions.js';
import type { EngineEvent } from '../../../src/domain/events.js';
import { Engine as Original } from '../../../src/engine/engine.js';

export * from '../../../src/engine/engine.js';

export class Engine extends Original {
  override step(event: EngineEvent): readonly EngineAction[] {
    if (event.type !== 'market-changed') return super.step(event);
    const { settlesAt: _, ...rest } = event;
    return super.step(rest);
  }
}
