/** Counts the messages of one subscription. Control replies take numbers too, so every message with a number passes here, before it is understood. */
export type SequenceVerdict = 'next' | 'old' | 'gap';

export class Sequence {
  #last = -1;

  /** Number of the last message taken, or -1 before the first. */
  get last(): number {
    return this.#last;
  }

  /**
   * `gap`: numbers are missing before this one, which becomes the new baseline. `old`: a repeat or a straggler, to be ignored. The first number seen is
   * the baseline, whatever it is: the subscription's books start from their snapshots.
   */
  take(seq: number): SequenceVerdict {
    const last = this.#last;
    if (seq === last + 1 || last < 0) {
      this.#last = seq;
      return 'next';
    }
    if (seq <= last) return 'old';
    this.#last = seq;
    return 'gap';
  }
}
