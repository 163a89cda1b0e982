/** Gathers what one step of the session asks of the shell. Reports of one kind are held to one a second: a bad minute is not a million lines. */
import type { Severity } from '../domain/actions.js';
import { millis, type EpochUs } from '../domain/units.js';
import type { SessionAction } from './session-types.js';

const NOTHING: readonly SessionAction[] = Object.freeze([]);
const REPORT_SPACING = millis(1000);
const REPORT_KEYS_MAX = 1024;

export class ActionQueue {
  #actions: SessionAction[] | null = null;
  readonly #reportedAt = new Map<string, EpochUs>();

  push(action: SessionAction): void {
    if (this.#actions === null) this.#actions = [action];
    else this.#actions.push(action);
  }

  /** @param subject keeps reports of one code about different markets apart */
  report(at: EpochUs, severity: Severity, code: string, text: string, subject: string | null = null): void {
    const key = subject === null ? code : `${code} ${subject}`;
    const last = this.#reportedAt.get(key);
    if (last !== undefined && at - last < REPORT_SPACING) return;
    if (this.#reportedAt.size >= REPORT_KEYS_MAX) this.#reportedAt.clear();
    this.#reportedAt.set(key, at);
    this.push({ type: 'report', severity, code, text });
  }

  /** Everything since the last call, in order; usually the shared empty list. */
  take(): readonly SessionAction[] {
    const actions = this.#actions;
    if (actions === null) return NOTHING;
    this.#actions = null;
    return actions;
  }
}
