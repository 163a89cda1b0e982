/** The actions of one step, collected in order. */
import type { EngineAction, Severity } from '../domain/actions.js';
import type { Approved, VenueCommand } from '../domain/order.js';

const NOTHING: readonly EngineAction[] = Object.freeze([]);

const isGrowing = (command: VenueCommand): boolean => command.type === 'place' || command.type === 'amend';

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

  /** Takes out what was approved in this step and would add risk. @returns the commands that are not sent */
  dropGrowing(): Approved<VenueCommand>[] {
    const dropped = this.commands.filter(isGrowing);
    if (dropped.length === 0) return dropped;
    const kept = this.commands.filter((command) => !isGrowing(command));
    this.commands.splice(0, this.commands.length, ...kept);
    return dropped;
  }

  /** What was collected; the shared empty list where nothing was. */
  take(): readonly EngineAction[] {
    if (this.#list.length === 0) return NOTHING;
    const list = this.#list;
    this.#list = [];
    return list;
  }
}
