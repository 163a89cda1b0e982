/** A first look at a recording: which markets it has books of, when it begins, how long it is, and whether whole cents hold all its prices. */
import { readRecording } from '../connector/recording.js';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';
import { UNKNOWN_TIME, type EpochUs } from '../domain/units.js';

export interface RecordedMarkets {
  /** In the order in which their first book comes. */
  readonly tickers: readonly string[];
  readonly firstAt: EpochUs;
  readonly lastAt: EpochUs;
  readonly frames: number;
  /** Prices that are not whole cents, as they are written. */
  readonly offCent: readonly string[];
}

interface Body {
  readonly market_ticker?: unknown;
  readonly yes_dollars_fp?: unknown;
  readonly no_dollars_fp?: unknown;
  readonly price_dollars?: unknown;
}

/** @throws CommandFailure where there is no book in it; RecordingError where it is no recording */
export const tickersOf = async (path: string): Promise<RecordedMarkets> => {
  const tickers = new Set<string>();
  const offCent = new Set<string>();
  let firstAt: EpochUs | null = null;
  let lastAt: EpochUs | null = null;
  let frames = 0;
  for await (const frame of readRecording(path)) {
    frames++;
    firstAt ??= frame.at;
    lastAt = frame.at;
    const body = bookBody(frame.bytes);
    if (body === null) continue;
    if (typeof body.market_ticker === 'string') tickers.add(body.market_ticker);
    for (const price of pricesOf(body)) if (!isWholeCent(price)) offCent.add(price);
  }
  if (tickers.size === 0)
    throw new CommandFailure(ExitCode.usage, `${path} has no order book in it`, {
      fix: 'play a recording of the orderbook_delta channel with its snapshots',
    });
  return { tickers: [...tickers], firstAt: firstAt ?? UNKNOWN_TIME, lastAt: lastAt ?? UNKNOWN_TIME, frames, offCent: [...offCent] };
};

/** The message of a book frame; null for any other frame, and for what the session will report as malformed. */
const bookBody = (bytes: Buffer): Body | null => {
  const text = bytes.toString('utf8');
  if (!text.includes('"orderbook_')) return null;
  try {
    const frame = JSON.parse(text) as { readonly msg?: unknown } | null;
    return typeof frame?.msg === 'object' && frame.msg !== null ? frame.msg : null;
  } catch {
    // The session decodes the frame again and says what is wrong with it.
    return null;
  }
};

const pricesOf = (body: Body): string[] => {
  const levels = [body.yes_dollars_fp, body.no_dollars_fp].flatMap((side) => (Array.isArray(side) ? (side as unknown[]) : []));
  const prices = [body.price_dollars, ...levels.map((level) => (Array.isArray(level) ? (level[0] as unknown) : null))];
  return prices.filter((price) => typeof price === 'string');
};

const isWholeCent = (price: string): boolean => /^\d+(\.\d{0,2}0*)?$/.test(price);
