/** Seeds that once failed, with what they showed. They run first, for ever. */
export const CORPUS: readonly (readonly [seed: number, symptom: string])[] = [
  [21, 'a market determined before the restarted bot knew its position was never paid out'],
  [55, 'a clock behind the exchange let an old reading prove a fresh order absent'],
  [65, 'the same, on the first orders of a run'],
  [96, 'a position was adopted from a reading that a fill had overtaken'],
  [107, 'an order of a closed market was cancelled again and again, and the bot never traded again'],
  [109, 'fills found late were booked newest first'],
  [377, 'the end of a market took a hedge from its event'],
  [816, 'a market that settled while the stream was down looked like a drifting position'],
  [817, 'an order slipped through a limit behind another that was being cancelled'],
];
