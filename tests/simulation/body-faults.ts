/** What can happen to the body of an answer: another schema, odd numbers, no JSON at all. */
import type { FaultKind } from './catalogue.js';
import type { WireRequest } from './fates.js';
import type { Misfortune } from './misfortune.js';

const SHARES: readonly (readonly [kind: FaultKind, share: number, bend: (text: string, m: Misfortune, request: WireRequest) => string])[] =
  [
    ['s10-other-schema', 0.01, (text, m, request) => otherSchema(text, m, request)],
    ['p1-malformed', 0.005, (text, m) => text.slice(0, m.whole(1, Math.max(1, text.length - 1)))],
    [
      'p3-odd-numbers',
      0.005,
      (text, m) => text.replace(/:"-?\d+\.\d+"/, `:${m.pick(['1e400', '"NaN"', '-0', '"1e3"', 'null', '{}']) ?? 'null'}`),
    ],
    ['p4-prototype-keys', 0.005, (text) => text.replace('{', '{"__proto__":{"polluted":true},"constructor":{"prototype":{}},')],
    ['p2-huge', 0.002, (text) => text.replace('{', `{"filler":"${'x'.repeat(100_000)}",`)],
  ];

export const bendBody = (text: string, request: WireRequest, m: Misfortune): string => {
  if (text === '' || m.isQuiet || !request.path.includes('/portfolio')) return text;
  for (const [kind, share, bend] of SHARES) {
    if (!m.strikes(kind, share)) continue;
    const bent = bend(text, m, request);
    if (bent === text) return text;
    m.feel(kind);
    return bent;
  }
  return text;
};

/** A new field is harmless; a missing one, or a word nobody knows, is not. */
const otherSchema = (text: string, m: Misfortune, request: WireRequest): string => {
  switch (m.whole(0, 2)) {
    case 0:
      return text.replace('{', '{"a_new_field":[1,{"of":"any kind"}],');
    case 1:
      return text.replace(/"(status|book_side|side)":"[^"]*"/, '"$1":"a_new_word"');
    default:
      // The positions' cursor is the one field here that the document does not promise.
      if (request.path.endsWith('/positions')) return text.replace(/"position_fp":"[^"]*",?/, '');
      return text.replace(/"(order_id|remaining_count|remaining_count_fp|position_fp|count_fp|cursor|as_of_time)":"[^"]*",?/, '');
  }
};
