/**
 * The queue at one price, with our orders in it. The public sees only the sum of a level; this keeps how much of it stands before, between and behind ours.
 *
 * What is known: all that rests when we arrive is ahead of us, what joins later is behind, and trades take from the front. Where a cancel left is not known: a rule
 * decides (`CancelRule`). Our own size is not in the level: for others we do not exist, and what trades through us still takes from those behind us, as it did.
 */
import type { PaperOrder } from './paper-order.js';
import type { CancelRule } from './paper-settings.js';

/** Sizes of orders that joined are remembered up to so many per place; the oldest are forgotten first. */
const JOINED_MAX = 64;

/** Size of others between two of our orders. */
interface Stretch {
  size: number;
  /** Sizes of single orders in it that are known, oldest first; the rest of `size` stood there before them. */
  readonly joined: number[];
}

const knownIn = (stretch: Stretch): number => stretch.joined.reduce((sum, size) => sum + size, 0);

export class LevelQueue {
  readonly #rule: CancelRule;
  readonly #power: number;
  readonly #own: PaperOrder[] = [];
  /** One more than own orders: the first is ahead of all of them, the last behind. */
  readonly #stretches: Stretch[];

  /**
   * @param size of others at this price, in quantity units; Infinity where nobody knows, until the next snapshot
   * @param power exponent of the rule `split`
   */
  constructor(size: number, rule: CancelRule, power: number) {
    this.#rule = rule;
    this.#power = power;
    this.#stretches = [{ size, joined: [] }];
  }

  get isEmpty(): boolean {
    return this.#own.length === 0;
  }

  /** Size of others at this price. */
  get total(): number {
    return this.#sizeFrom(0);
  }

  /** Size of others ahead of one of our orders here. */
  ahead(order: PaperOrder): number {
    let sum = 0;
    for (let i = 0; i <= this.#own.indexOf(order); i++) sum += (this.#stretches[i] as Stretch).size;
    return sum;
  }

  /** An order of ours takes the last place. */
  enter(order: PaperOrder): void {
    this.#own.push(order);
    this.#stretches.push({ size: 0, joined: [] });
  }

  /** An order of ours leaves its place; the others keep theirs. */
  leave(order: PaperOrder): void {
    const at = this.#own.indexOf(order);
    if (at < 0) return;
    this.#own.splice(at, 1);
    const [behind] = this.#stretches.splice(at + 1, 1) as [Stretch];
    const before = this.#stretches[at] as Stretch;
    before.size += behind.size;
    before.joined.push(...behind.joined);
  }

  /** Somebody joins the level. */
  joined(size: number): void {
    const last = this.#stretches[this.#own.length] as Stretch;
    last.size += size;
    last.joined.push(size);
    if (last.joined.length > JOINED_MAX) last.joined.shift();
  }

  /** A trade takes from the front. */
  traded(size: number): void {
    let left = size;
    for (const stretch of this.#stretches) {
      const gone = Math.min(left, stretch.size);
      consume(stretch, gone);
      left -= gone;
      if (left === 0) return;
    }
  }

  /** A trade beyond this price: nothing that was here before us can still be here. */
  passed(order: PaperOrder): void {
    for (let i = 0; i <= this.#own.indexOf(order); i++) consume(this.#stretches[i] as Stretch, Infinity);
  }

  /** Somebody has left the level without a trade. */
  cancelled(size: number): void {
    const gone = Math.min(size, this.total);
    switch (this.#rule) {
      case 'by-size':
        return this.#takeOut(gone) ? undefined : this.#take(0, 1, gone);
      case 'split':
        return this.#split(0, gone);
      case 'ahead':
        return this.#take(0, 1, gone);
      case 'behind':
        return this.#take(this.#own.length, -1, gone);
    }
  }

  /** A fresh book shows `size` here: nobody can have got in before us meanwhile, and not more can be ahead of us than there is. */
  rebase(size: number): void {
    if (size === this.total) return;
    let left = size;
    for (const [i, stretch] of this.#stretches.entries()) {
      stretch.joined.length = 0;
      stretch.size = i === this.#own.length ? left : Math.min(stretch.size, left);
      left -= stretch.size;
    }
  }

  /** Removes the youngest order of exactly this size that joined behind one of ours. */
  #takeOut(size: number): boolean {
    for (let i = this.#own.length; i > 0; i--) {
      const stretch = this.#stretches[i] as Stretch;
      const at = stretch.joined.lastIndexOf(size);
      if (at < 0 || stretch.size < size) continue;
      stretch.joined.splice(at, 1);
      stretch.size -= size;
      return true;
    }
    return false;
  }

  /** Divides what has gone between the stretch `i` and all behind it, whole units, the odd one behind. */
  #split(i: number, size: number): void {
    const stretch = this.#stretches[i] as Stretch;
    const behind = this.#sizeFrom(i + 1);
    const share = behind === 0 ? size : Math.floor(size * shareOf(stretch.size, behind, this.#power));
    const here = Math.min(Math.max(share, size - behind), stretch.size);
    shrink(stretch, here);
    if (size > here) this.#split(i + 1, size - here);
  }

  #take(from: number, step: 1 | -1, size: number): void {
    let left = size;
    for (let i = from; left > 0 && i >= 0 && i <= this.#own.length; i += step) {
      const stretch = this.#stretches[i] as Stretch;
      const gone = Math.min(left, stretch.size);
      shrink(stretch, gone);
      left -= gone;
    }
  }

  #sizeFrom(from: number): number {
    let sum = 0;
    for (let i = from; i < this.#stretches.length; i++) sum += (this.#stretches[i] as Stretch).size;
    return sum;
  }
}

const shareOf = (ahead: number, behind: number, power: number): number => {
  if (ahead === Infinity) return 1;
  // The quotient first: sizes to a high power would overflow.
  return 1 / (1 + (behind / ahead) ** power);
};

/** Takes from the front: what stood there before the known orders first, then the oldest of them. */
const consume = (stretch: Stretch, size: number): void => {
  const gone = Math.min(size, stretch.size);
  let known = Math.max(gone - Math.max(stretch.size - knownIn(stretch), 0), 0);
  stretch.size = gone === stretch.size ? 0 : stretch.size - gone;
  if (stretch.size === 0) stretch.joined.length = 0;
  while (known > 0 && stretch.joined.length > 0) {
    const first = stretch.joined[0] as number;
    if (first > known) stretch.joined[0] = first - known;
    else stretch.joined.shift();
    known -= Math.min(first, known);
  }
};

/** Takes from nowhere in particular. */
const shrink = (stretch: Stretch, size: number): void => {
  stretch.size -= size;
  if (stretch.size === 0) stretch.joined.length = 0;
};
