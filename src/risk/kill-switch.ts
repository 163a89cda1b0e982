/**
 * May we place now? Cancels pass in every state. Killed outlasts everything: nothing but `clear`, a person's act, ends it. Short of that any number of holds may be
 * on at once, each by its own name (a person's pause, a lost feed, a 429), and placing waits until the last is off: one cause going away must not lift another's hold.
 */

/** The hold that only a person takes off. */
export const PERSON = 'person';

export type SwitchState =
  | { readonly type: 'trading' }
  | { readonly type: 'paused'; readonly holds: readonly { readonly name: string; readonly reason: string }[] }
  | { readonly type: 'killed'; readonly code: string; readonly reason: string };

const TRADING: SwitchState = Object.freeze({ type: 'trading' });

export class KillSwitch {
  readonly #holds = new Map<string, string>();
  #killed: { readonly code: string; readonly reason: string } | null = null;
  #state: SwitchState = TRADING;

  get state(): SwitchState {
    return this.#state;
  }

  mayPlace(): boolean {
    return this.#state.type === 'trading';
  }

  /** Puts a named hold on. @returns false where it was on already (its reason is renewed) */
  hold(name: string, reason: string): boolean {
    const isNew = !this.#holds.has(name);
    this.#holds.set(name, reason);
    this.#refresh();
    return isNew;
  }

  /** Takes a named hold off. @returns false where it was not on */
  release(name: string): boolean {
    const was = this.#holds.delete(name);
    this.#refresh();
    return was;
  }

  isHeld(name: string): boolean {
    return this.#holds.has(name);
  }

  /** Latches. The first cause stays the one that is told. @returns false where it was killed already */
  kill(code: string, reason: string): boolean {
    if (this.#killed !== null) return false;
    this.#killed = { code, reason };
    this.#refresh();
    return true;
  }

  /** A person has looked and lets trading go on; holds that are on stay on. */
  clear(): void {
    this.#killed = null;
    this.#refresh();
  }

  #refresh(): void {
    if (this.#killed !== null) this.#state = { type: 'killed', ...this.#killed };
    else if (this.#holds.size === 0) this.#state = TRADING;
    else this.#state = { type: 'paused', holds: [...this.#holds].map(([name, reason]) => ({ name, reason })) };
  }
}
