/** What can happen to one frame of the stream on its way: lost, told twice, late, bent. Numbered frames keep their place unless they are lost. */
import { millis, seconds, type DurationUs } from '../../src/domain/units.js';
import type { FaultKind } from './catalogue.js';
import type { Misfortune } from './misfortune.js';

export interface FrameFault {
  /** '' where nothing arrives any more but the fault itself. */
  readonly text: string;
  /** What the bot feels when this arrives. */
  readonly kind: FaultKind | null;
  /** Travels alone, this much later; null: in its place. */
  readonly after: DurationUs | null;
}

const whole = (text: string, kind: FaultKind | null = null): FrameFault => ({ text, kind, after: null });
const apart = (text: string, kind: FaultKind | null, after: DurationUs): FrameFault => ({ text, kind, after });

const typeOf = (text: string): string => /^\{"type":"([a-z_]+)"/.exec(text)?.[1] ?? '';

const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

/** The frames that arrive instead of one, in order. Most of the time just the one. */
export const bendFrame = (text: string, misfortune: Misfortune): FrameFault[] => {
  switch (typeOf(text)) {
    case 'orderbook_delta':
      return bendDelta(text, misfortune);
    case 'fill':
      return bendFill(text, misfortune);
    case 'user_order':
    case 'market_position':
      return bendPrivate(text, misfortune);
    default:
      return bendAny(text, misfortune);
  }
};

const bendDelta = (text: string, m: Misfortune): FrameFault[] => {
  // Nothing arrives; the next message shows it.
  if (m.strikes('b1-gap', 0.002)) return [whole('', 'b1-gap')];
  if (m.strikes('b2-old-delta', 0.002)) return [whole(text), whole(text, 'b2-old-delta')];
  if (m.strikes('b3-negative-level', 0.001))
    return [whole(text.replace(/"delta_fp":"[^"]*"/, '"delta_fp":"-99999999.00"'), 'b3-negative-level')];
  if (m.strikes('b4-crossed-book', 0.001)) {
    // Far beyond the other side, or by little.
    const price = m.chance(0.5) ? '0.9900' : raised(/"price_dollars":"([^"]*)"/.exec(text)?.[1] ?? '0');
    return [
      whole(
        text.replace(/"price_dollars":"[^"]*"/, `"price_dollars":"${price}"`).replace(/"delta_fp":"[^"]*"/, '"delta_fp":"5.00"'),
        'b4-crossed-book',
      ),
    ];
  }
  if (m.strikes('p3-odd-numbers', 0.001))
    return [
      whole(
        text.replace(/"delta_fp":"[^"]*"/, `"delta_fp":${m.pick(['NaN', '1e400', '"many"', 'null', '{}', '"-0"']) ?? 'null'}`),
        'p3-odd-numbers',
      ),
    ];
  if (m.strikes('p4-prototype-keys', 0.002))
    return [whole(text.replace('"msg":{', '"msg":{"__proto__":{"price_dollars":"0.5000"},"constructor":1,'), 'p4-prototype-keys')];
  return bendAny(text, m);
};

const raised = (price: string): string => Math.min(0.99, Number(price) + 0.04).toFixed(4);

const bendFill = (text: string, m: Misfortune): FrameFault[] => {
  if (m.strikes('f6-fill-lost', 0.1)) return [whole('', 'f6-fill-lost')];
  if (m.strikes('f2-fill-late', 0.05)) return [apart(text, 'f2-fill-late', m.between(seconds(2), seconds(60)))];
  if (m.strikes('f1-fill-twice', 0.1)) return [whole(text), apart(text, 'f1-fill-twice', m.between(millis(0), seconds(20)))];
  if (m.strikes('f3-fills-shuffled', 0.2)) return [apart(text, 'f3-fills-shuffled', m.within(seconds(3)))];
  if (m.strikes('n7-private-reordered', 0.1)) return [apart(text, 'n7-private-reordered', m.within(seconds(1)))];
  return bendAny(text, m);
};

const bendPrivate = (text: string, m: Misfortune): FrameFault[] => {
  if (m.strikes('n7-private-reordered', 0.05)) return [apart(text, 'n7-private-reordered', m.within(seconds(1)))];
  return bendAny(text, m);
};

const bendAny = (text: string, m: Misfortune): FrameFault[] => {
  if (m.strikes('p1-malformed', 0.0008)) return [whole(garble(text, m), 'p1-malformed')];
  if (m.strikes('p2-huge', 0.0004))
    return [whole(text), whole(m.chance(0.5) ? DEEP : `{"type":"ticker","msg":"${'x'.repeat(200_000)}"}`, 'p2-huge')];
  if (m.strikes('s10-other-schema', 0.001)) return [whole(otherSchema(text, m), 's10-other-schema')];
  if (m.strikes('n14-segments', 0.01)) return [whole(text, 'n14-segments')];
  return [whole(text)];
};

const garble = (text: string, m: Misfortune): string => {
  const at = m.whole(1, text.length - 1);
  switch (m.whole(0, 2)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return `${text.slice(0, at)}\u0000\ufffd${text.slice(at + 2)}`;
    default:
      return `${text.slice(0, at)}"${text.slice(at)}`;
  }
};

/** A new field is harmless; a word that nobody knows, or a field that is gone, is not. */
const otherSchema = (text: string, m: Misfortune): string => {
  switch (m.whole(0, 2)) {
    case 0:
      return text.replace('"msg":{', '"msg":{"a_new_field":{"of":["any","kind"]},');
    case 1:
      return text.replace(/"(status|side|event_type)":"[^"]*"/, '"$1":"a_new_word"');
    default:
      return text.replace(/"(price_dollars|ticker|order_id|market_ticker)":"[^"]*",?/, '');
  }
};
