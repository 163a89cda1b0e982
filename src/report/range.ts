/** Where a number stood at the end of a span of time, and how far it went within: what a chart needs to hide no extreme. */
export interface Range {
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

export const rangeOf = (value: number): Range => ({ last: value, low: value, high: value });

export const joinRange = (earlier: Range, later: Range): Range => ({
  last: later.last,
  low: Math.min(earlier.low, later.low),
  high: Math.max(earlier.high, later.high),
});
