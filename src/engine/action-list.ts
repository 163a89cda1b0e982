/** The actions of one step, collected in order. */
import type { EngineAction, Severity } from '../domain/actions.js';
import type { Approved, VenueCommand } from '../domain/order.js';

const NOTHING: readonly EngineAction[] = Object.freeze([]);

export class ActionList {
  #list: EngineAction[] = [];
  /** Approved and noted, not yet put into calls: one step's commands travel together. */
  readonly commands: Approved<VenueCommand>[] = [];

  push(action: EngineAction): void {
    this.#list.push(action);
  }

  say(severity: Severity, code: string, text: string): void {
    this.#list.push({ type: 'say', severity, code, text });
  }

  /** What was collected; the shared empty list where nothing was. */
  take(): readonly EngineAction[] {
    if (this.#list.length === 0) return NOTHING;
    const list = this.#list;
    this.#list = [];
    return list;
  }
}
