/** The standing of accounts as lines and as a document. */
import { formatClock } from '../cli/duration.js';
import { estimatesLine } from '../screen/estimates-text.js';
import { printable } from '../screen/printable.js';
import type { AccountStatus } from './status-report.js';
import type { MarketStatus, RunStatus, SignalStatus } from './status-file.js';

export const accountLines = (account: AccountStatus, columns: number): readonly string[] =>
  [
    `${account.name}  ${lifeText(account)}`,
    ...(account.latch === null
      ? []
      : [`  LATCHED since ${account.latch.at}: ${account.latch.reason}; clear it with: kmm kill --clear "what you found"`]),
    ...(account.status === null ? [] : pictureLines(account.status, account)),
    ...(account.lastRun === null ? [] : [`  last run ${account.lastRun}`]),
  ].map((line) => cut(printable(line), columns));

const lifeText = ({ life, lease, status, statusAgeMs }: AccountStatus): string => {
  const age = statusAgeMs === null ? '' : `, last heard ${secondsOf(statusAgeMs)} ago`;
  switch (life) {
    case 'none':
      return 'no bot runs';
    case 'died':
      return `the bot DIED (process ${lease?.pid}, started ${lease?.startedAt}); see kmm reconcile and kmm cancel-all`;
    case 'hung':
      return `HUNG? process ${lease?.pid} lives and says nothing${age}; kmm kill works beside it`;
    case 'running':
      return `${status === null ? 'STARTING' : status.standing.toUpperCase()}  process ${lease?.pid} since ${lease?.startedAt}${age}`;
  }
};

const pictureLines = (s: RunStatus, { life, statusAgeMs }: AccountStatus): readonly string[] => {
  const { orders: o, feed, latency_us: latency } = s;
  const quoted = s.markets.filter((market) => market.bid !== null || market.ask !== null).length;
  const past = life === 'running' ? '' : ` (as of ${s.at}, ${secondsOf(statusAgeMs ?? 0)} ago)`;
  return [
    `  ${s.strategy} for ${formatClock(s.up_ms / 1000)}: P&L ${money(s.profit)} $ after fees of ${money(s.fees)} $${past}`,
    ...(s.halt === null ? [] : [`  HALTED (${s.halt.code}): ${s.halt.text}`]),
    `  orders ${o.open} open, ${o.placed} placed, ${o.changed} changed, ${o.cancelled} cancelled, ${o.refused} refused${o.unknown > 0 ? `, ${o.unknown} unknown` : ''}; fills ${s.fills} (${s.volume} contracts)`,
    `  feed heard ${ago(feed.heard_ms_ago)}, ${feed.frames} frames, ${feed.gaps} gaps; last decision ${ago(s.decided_ms_ago)}; latency p50 ${millis(latency.p50)}, p99 ${millis(latency.p99)} ms`,
    ...(s.shadow === undefined ? [] : [`  ${shadowText(s.shadow)}`]),
    ...(s.trouble === null ? [] : [`  last warning: ${s.trouble}`]),
    ...(s.outside ?? []).map(feedLine),
    `  quoting ${quoted} of ${s.markets.length} markets`,
    ...marketLines(s.markets),
  ];
};

const shadowText = (shadow: NonNullable<RunStatus['shadow']>): string => {
  const { difference_dollars: difference, interval_95: interval, pairs, pair_s: span } = shadow;
  const signed = (dollars: number): string => `${dollars >= 0 ? '+' : ''}${dollars.toFixed(2)}`;
  const sure =
    interval === null ? 'too short to say more' : `95 % ${signed(interval[0])} .. ${signed(interval[1])} over ${pairs} pairs of ${span} s`;
  return [
    `shadow ${shadow.strategy} (${shadow.file}): P&L ${shadow.profit === null ? 'none yet' : `${money(shadow.profit)} $`}, ${shadow.fills} fills on paper`,
    `; this run less it ${signed(difference)} $ (${sure})`,
    shadow.ended === null ? '' : `; ENDED: ${shadow.ended}`,
  ].join('');
};

const marketLines = (markets: readonly MarketStatus[]): readonly string[] => {
  const width = Math.max(6, ...markets.map(({ ticker }) => ticker.length));
  const row = (name: string, bid: string, ask: string, held: string, profit: string): string =>
    `    ${name.padEnd(width)} ${bid.padStart(16)} ${ask.padStart(16)} ${held.padStart(9)} ${profit.padStart(9)}`;
  return [
    row('market', 'our bid', 'our ask', 'held', 'P&L $'),
    ...markets.flatMap((m) => [
      row(m.ticker, quote(m.bid, m.bid_size), quote(m.ask, m.ask_size), m.position, money(m.profit)),
      ...reasons(m).map((text) => `      ${text}`),
      ...(m.estimates === undefined || m.estimates === null ? [] : [`      ${estimatesLine(m.estimates)}`]),
      ...signalLine(m),
    ]),
  ];
};

const feedLine = (feed: NonNullable<RunStatus['outside']>[number]): string =>
  `  feed ${feed.name} ${feed.standing}, heard ${ago(feed.heard_ms_ago)}, ${feed.bad} bad${feed.trouble === null ? '' : `: ${feed.trouble}`}`;

/** What each source adds to fair value now; one that is too old adds nothing. */
const signalLine = ({ signals = [] }: MarketStatus): readonly string[] =>
  signals.length === 0 ? [] : [`      signals: ${signals.map((one) => signalText(one)).join('; ')}`];

const signalText = ({ source, cents, age_ms: age, confidence, probability, stale }: SignalStatus): string => {
  const said = probability === null ? '' : `, ${(probability * 100).toFixed(1)} % believed to ${(confidence * 100).toFixed(0)} %`;
  return `${source} ${stale ? 'STALE' : `${cents >= 0 ? '+' : ''}${cents.toFixed(2)} c`}${said}, ${secondsOf(age)} old`;
};

const reasons = ({ no_bid: bid, no_ask: ask }: MarketStatus): readonly string[] => {
  if (bid !== null && bid === ask) return [`no quote: ${bid}`];
  return [...(bid === null ? [] : [`no bid: ${bid}`]), ...(ask === null ? [] : [`no ask: ${ask}`])];
};

const quote = (price: string | null, size: string): string => (price === null ? '-' : `${size}@${price}`);
/** Cents are enough for a glance; the document has all decimals. */
const money = (text: string): string => `${Number(text) >= 0 ? '+' : ''}${Number(text).toFixed(2)}`;
const secondsOf = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const ago = (ms: number | null): string => (ms === null ? 'never' : `${secondsOf(ms)} ago`);
const millis = (us: number): string => (us / 1000).toFixed(2);
const cut = (line: string, columns: number): string => (line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`);

export const accountDocument = (account: AccountStatus): object => ({
  account: account.name,
  folder: account.folder,
  life: account.life,
  healthy: account.healthy,
  process: account.lease?.pid ?? null,
  since: account.lease?.startedAt ?? null,
  latch: account.latch,
  last_run: account.lastRun,
  status_age_ms: account.statusAgeMs,
  status: account.status,
});
