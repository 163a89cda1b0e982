/** An explanation for people and for programs. Prices are in cents. */
import type { NoQuote } from '../domain/actions.js';
import { contractsOf, type Price, type Quantity } from '../domain/units.js';
import type { Quote, Target } from '../domain/view.js';
import type { ExplainedInput, Explanation } from '../engine/explain.js';
import { formatTime } from '../logger/time-text.js';
import { TERMS_PER_CENT, termsOf } from './explain-terms.js';

const PRICE_UNITS_PER_CENT = 100;
const NAME_WIDTH = 30;
const NUMBER_WIDTH = 14;

const cents = (at: number): number => at / PRICE_UNITS_PER_CENT;
const centsText = (at: number): string => cents(at).toFixed(2);

export const explanationLines = (ticker: string, explanation: Explanation): readonly string[] => {
  const { shut, view, decision } = explanation;
  return [
    `${ticker}  ${formatTime(explanation.at)}  ${explanation.strategy}`,
    '',
    ...marketLines(explanation),
    ...(explanation.inputs.length === 0 ? [] : ['', ...explanation.inputs.map(inputLine)]),
    '',
    ...(shut === null ? quoteLines(explanation) : [`not quoted: ${reasonText(shut)}`]),
    row(
      'rests',
      restingText(decision?.bid ?? null, decision?.bidSize ?? null),
      restingText(decision?.ask ?? null, decision?.askSize ?? null),
    ),
    ...(decision === null || shut !== null ? [] : heldLines(explanation)),
    ...(view.valuation === null
      ? []
      : [
          '',
          `valued at ${(view.valuation.probability * 100).toFixed(2)} c by ${view.valuation.source}, ± ${(view.valuation.standardError * 100).toFixed(2)} c`,
        ]),
  ];
};

const marketLines = ({ view }: Explanation): string[] => {
  const side = (at: Price | null, size: Quantity): string => (at === null ? 'nobody' : `${centsText(at)} x ${contractsOf(size)}`);
  return [
    row('', 'bid', 'ask'),
    row('book, without our own', side(view.bestBid, view.bidSize), side(view.bestAsk, view.askSize)),
    row('we hold', `${contractsOf(view.inventory)}`, 'contracts'),
  ];
};

const inputLine = ({ name, value, unit, error }: ExplainedInput): string =>
  `${name.padEnd(NAME_WIDTH)}${significant(value).padStart(NUMBER_WIDTH)}${error === null ? '' : ` ± ${significant(error)}`} ${unit}`.trimEnd();

const significant = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(6));

const quoteLines = (explanation: Explanation): string[] => {
  const { wanted, permitted } = explanation;
  const terms = termsOf(explanation).map(({ name, bid, ask }, i) => row(name, termText(bid, i > 0), termText(ask, i > 0)));
  if (wanted === null || permitted === null) return terms;
  return [
    ...terms,
    row('= wanted', wantedText(wanted.bid), wantedText(wanted.ask)),
    ...(wanted.take === undefined
      ? []
      : [row('take', ...sides(wanted.take.side, `${centsText(wanted.take.price)} x ${contractsOf(wanted.take.size)}`))]),
    ...(permitted === wanted ? [] : [row('within limits', wantedText(permitted.bid), wantedText(permitted.ask))]),
    ...missingLines(permitted),
  ];
};

const sides = (side: 'bid' | 'ask', text: string): [string, string] => (side === 'bid' ? [text, ''] : ['', text]);

const missingLines = ({ noBid, noAsk }: Target): string[] => [
  ...(noBid === null ? [] : [`no bid: ${reasonText(noBid)}`]),
  ...(noAsk === null ? [] : [`no ask: ${reasonText(noAsk)}`]),
];

/** What rests may differ from what is wanted for a while. */
const heldLines = ({ permitted, decision }: Explanation): string[] => {
  const differs = (quote: Quote | null, at: Price | null): boolean => (quote?.price ?? null) !== at;
  if (permitted === null || decision === null) return [];
  if (!differs(permitted.bid, decision.bid) && !differs(permitted.ask, decision.ask)) return [];
  const reasons = missingLines({
    ...permitted,
    noBid: permitted.bid === null ? null : decision.noBid,
    noAsk: permitted.ask === null ? null : decision.noAsk,
  });
  return reasons.length > 0 ? reasons : ['what rests stays a little: the change waits (execution.debounce_ms, execution.debounce_ticks)'];
};

const reasonText = ({ code, text }: NoQuote): string => `${text} (${code})`;
const wantedText = (quote: Quote | null): string => (quote === null ? 'none' : `${centsText(quote.price)} x ${contractsOf(quote.size)}`);
const restingText = (at: Price | null, size: Quantity | null): string =>
  at === null ? 'nothing' : `${centsText(at)} x ${contractsOf(size ?? (0 as Quantity))}`;

const termText = (term: number | null, signed: boolean): string => {
  if (term === null) return 'gone';
  const text = (Math.abs(term) / TERMS_PER_CENT).toFixed(4);
  if (!signed) return term < 0 ? `-${text}` : text;
  return term === 0 ? '.' : `${term < 0 ? '-' : '+'}${text}`;
};

const row = (name: string, bid: string, ask: string): string =>
  `${name.padEnd(NAME_WIDTH)}${bid.padStart(NUMBER_WIDTH)}${ask.padStart(NUMBER_WIDTH)}`.trimEnd();

/** The same for programs: `terms` of a side sum to its wanted quote exactly, in `term_units` of 1e-4 cents. */
export const explanationDocument = (ticker: string, explanation: Explanation): object => {
  const { view, wanted, permitted, decision, shut } = explanation;
  const quoteOf = (quote: Quote | null): object | null =>
    quote === null ? null : { price_cents: cents(quote.price), contracts: contractsOf(quote.size) };
  return {
    ticker,
    at: formatTime(explanation.at),
    strategy: explanation.strategy,
    not_quoted: shut,
    book: {
      bid_cents: view.bestBid === null ? null : cents(view.bestBid),
      bid_contracts: contractsOf(view.bidSize),
      ask_cents: view.bestAsk === null ? null : cents(view.bestAsk),
      ask_contracts: contractsOf(view.askSize),
    },
    inventory_contracts: contractsOf(view.inventory),
    seconds_to_close: view.secondsToClose,
    inputs: explanation.inputs,
    terms: termsOf(explanation).map(({ name, bid, ask }) => ({ name, bid_term_units: bid, ask_term_units: ask })),
    wanted:
      wanted === null
        ? null
        : {
            bid: quoteOf(wanted.bid),
            ask: quoteOf(wanted.ask),
            take: wanted.take === undefined ? null : { ...quoteOf(wanted.take), side: wanted.take.side },
          },
    permitted: permitted === null ? null : { bid: quoteOf(permitted.bid), ask: quoteOf(permitted.ask) },
    no_bid: permitted?.noBid ?? decision?.noBid ?? null,
    no_ask: permitted?.noAsk ?? decision?.noAsk ?? null,
    resting:
      decision === null
        ? null
        : {
            bid: decision.bid === null ? null : { price_cents: cents(decision.bid), contracts: contractsOf(decision.bidSize) },
            ask: decision.ask === null ? null : { price_cents: cents(decision.ask), contracts: contractsOf(decision.askSize) },
          },
  };
};
