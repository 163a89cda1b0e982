/** A trail that keeps what it is told. */
import type { Trail } from '../../../src/domain/view.js';

export interface Step {
  readonly name: string;
  readonly bid: number | null;
  readonly ask: number | null;
}

export interface Input {
  readonly value: number;
  readonly unit: string;
  readonly error: number | null;
}

export class Kept implements Trail {
  readonly inputs = new Map<string, Input>();
  readonly steps: Step[] = [];

  input(name: string, value: number, unit: string, error: number | null = null): void {
    this.inputs.set(name, { value, unit, error });
  }

  step(name: string, bid: number | null, ask: number | null): void {
    this.steps.push({ name, bid, ask });
  }

  /** Both quotes after a step, in cents and to a thousandth. */
  after(name: string): readonly [number | null, number | null] {
    const found = this.steps.find((step) => step.name === name);
    const cents = (at: number | null | undefined): number | null => (at === null || at === undefined ? null : Math.round(at * 10) / 1000);
    return [cents(found?.bid), cents(found?.ask)];
  }
}
