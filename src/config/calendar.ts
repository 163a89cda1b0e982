/** The text of a calendar of scheduled releases into windows. Everything that is wrong is told at once, with its line. */
import { isMap, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { z } from 'zod';
import type { CalendarWindow } from '../domain/calendar.js';
import { quote } from '../domain/errors.js';
import { eventTicker, seriesTicker, ticker } from '../domain/ids.js';
import { fromEpochMs, later, seconds, type DurationUs } from '../domain/units.js';
import { ConfigError, type ConfigIssue } from './issue.js';
import { NESTING_MAX, nestingOf } from './nesting.js';

const WINDOWS_MAX = 1000;
const DAY_SECONDS = 86_400;

const name = z.string().min(1).max(100);
const names = z
  .array(z.string().regex(/^[A-Z0-9][A-Z0-9._-]{0,99}$/, 'a ticker of capital letters, digits, dots and hyphens'))
  .max(1000)
  .default([]);
const span = z.number().min(0).max(DAY_SECONDS);
/** With a zone: a release is at a moment, not at what the clock on the wall says. */
const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/, 'a time with its zone, such as 2026-12-10T08:30:00-05:00');

const entry = z.strictObject({
  name,
  at: moment,
  before_seconds: span.default(60),
  after_seconds: span.default(60),
  action: z.enum(['pull', 'reduce-only']).default('pull'),
  series: names,
  events: names,
  tickers: names,
});

/**
 * @param text YAML or JSON: a list of `{ name, at, before_seconds, after_seconds, action, series, events, tickers }`
 * @param file how to call it in messages
 * @throws ConfigError naming every entry that is wrong
 */
export const parseCalendar = (text: string, file: string): readonly CalendarWindow[] => {
  const lines = new LineCounter();
  const issue = (node: Node | null | undefined, key: string, value: string, rule: string): ConfigIssue => ({
    origin: { type: 'file', file, line: node?.range ? lines.linePos(node.range[0]).line : 1 },
    key,
    value,
    rule,
    near: null,
    fix: 'see docs/configuration.md, "Calendar"',
  });
  const document = parsed(text, lines);
  const damage = document === null ? 'text nested too deeply' : (document.errors[0]?.message.split('\n')[0] ?? null);
  if (document === null || damage !== null) throw new ConfigError([issue(null, '(text)', damage ?? '', 'YAML that can be read')]);
  const { contents } = document;
  if (contents === null) return [];
  if (!isSeq(contents) || contents.items.length > WINDOWS_MAX)
    throw new ConfigError([
      issue(
        contents,
        '(text)',
        isSeq(contents) ? `${contents.items.length} entries` : 'something else',
        `a list of at most ${WINDOWS_MAX} entries`,
      ),
    ]);
  const issues: ConfigIssue[] = [];
  const windows = contents.items.flatMap((item, i): CalendarWindow[] => {
    const node = item as Node;
    const found = entry.safeParse(isMap(node) ? node.toJS(document) : null);
    if (found.success) return windowOf(found.data, (value) => issues.push(issue(node, `[${i}].at`, quote(value), 'a moment that exists')));
    for (const { path, message } of found.error.issues)
      issues.push(issue(node, `[${i}]${path.length === 0 ? '' : `.${path.join('.')}`}`, 'what is there', message));
    return [];
  });
  if (issues.length > 0) throw new ConfigError(issues);
  return windows;
};

/** null where the text would drive the library to its limits. */
const parsed = (text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> | null => {
  return nestingOf(text) > NESTING_MAX ? null : parseDocument(text, { lineCounter, version: '1.2', schema: 'core', stringKeys: true });
};

const windowOf = (found: z.infer<typeof entry>, refuse: (at: string) => void): CalendarWindow[] => {
  const ms = Date.parse(found.at);
  if (!Number.isFinite(ms)) {
    refuse(found.at);
    return [];
  }
  const at = fromEpochMs(ms);
  return [
    {
      name: found.name,
      from: later(at, -seconds(found.before_seconds) as DurationUs),
      to: later(at, seconds(found.after_seconds)),
      action: found.action,
      series: found.series.map(seriesTicker),
      events: found.events.map(eventTicker),
      tickers: found.tickers.map(ticker),
    },
  ];
};
