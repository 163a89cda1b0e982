/** How near paper comes to the truth: the bot for real on one exchange, paper on a second one with the same crowd and without our orders. */
import type { StrategySettings } from '../domain/settings.js';
import { millis, seconds, type DurationUs } from '../domain/units.js';
import type { FillModel } from '../paper/paper-settings.js';
import type { BotSettings } from './crowd/bot-settings.js';
import { matchFills, type Matching } from './crowd/fill-matching.js';
import { figuresOf, type CrowdFill } from './crowd/ledger.js';
import { runPaper, type PaperRun, type Standing } from './crowd/paper-run.js';
import { runTruth } from './crowd/truth-run.js';

export const FILL_MODELS: readonly FillModel[] = ['optimistic', 'queue', 'pessimistic'];
/** `bot`: the bot trades on paper. `commands`: paper is handed what the real run sent. */
export const FEEDS = ['bot', 'commands'] as const;
export type FeedKind = (typeof FEEDS)[number];

/** How far apart in time two executions may be and still be one: for the table, and how much a larger tolerance would help. */
export const TOLERANCE = seconds(1);
export const WIDE_TOLERANCE = seconds(10);

/** Each crowd is met for a quarter of an hour. */
export const SESSION = seconds(900);
/** One way. */
export const DELAY = millis(20);

export interface FidelityJob {
  readonly seed: string;
  readonly bot: BotSettings;
  readonly strategy: StrategySettings;
  readonly lasts: DurationUs;
}

/** Fills of the real run whose price stood so, and how many of their contracts paper found. */
export type ByStanding = Readonly<Record<Standing, { readonly truth: number; readonly matched: number }>>;

export interface FidelitySample {
  readonly model: FillModel;
  readonly feed: FeedKind;
  readonly matching: Matching;
  readonly wide: Matching;
  /** Dollars, what was held at the close valued at the fair price. */
  readonly pnl: number;
  /** null where the bot trades on paper: its prices are not those of the real run. */
  readonly standing: ByStanding | null;
  /** Contracts of the real run whose takers the public feed of the other world shows at all; null as above. */
  readonly seen: number | null;
}

export interface FidelityResult {
  readonly pnl: number;
  /** Gross spread that the real run earned. */
  readonly spread: number;
  readonly contracts: number;
  readonly samples: readonly FidelitySample[];
}

export const runFidelity = ({ seed, bot, strategy, lasts }: FidelityJob): FidelityResult => {
  const terms = { seed, lasts, delay: DELAY, bot, strategy };
  const truth = runTruth(terms);
  const figures = figuresOf(truth);
  const samples = FEEDS.flatMap((feed) =>
    FILL_MODELS.map((model): FidelitySample => {
      const paper = runPaper(terms, model, feed === 'bot' ? null : truth);
      return {
        model,
        feed,
        matching: matchFills(truth.fills, paper.fills, TOLERANCE),
        wide: matchFills(truth.fills, paper.fills, WIDE_TOLERANCE),
        pnl: figuresOf(paper).pnl_fair,
        standing: feed === 'bot' ? null : byStanding(truth.fills, paper),
        seen: feed === 'bot' ? null : paper.seen.reduce((sum, contracts) => sum + contracts, 0),
      };
    }),
  );
  return { pnl: figures.pnl_fair, spread: figures.spread, contracts: figures.contracts, samples };
};

const STANDINGS: readonly Standing[] = ['inside', 'touch', 'behind'];

const byStanding = (fills: readonly CrowdFill[], paper: PaperRun): ByStanding => {
  const of = (standing: Standing): { readonly truth: number; readonly matched: number } => {
    const { truth, matched } = matchFills(
      fills.filter((_, i) => paper.standings[i] === standing),
      paper.fills,
      TOLERANCE,
    );
    return { truth, matched };
  };
  const [inside, touch, behind] = STANDINGS.map(of);
  return { inside, touch, behind } as ByStanding;
};
