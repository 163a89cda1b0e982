/** What an experiment is to the command that runs it. */
import type { StrategySettings } from '../domain/settings.js';
import type { BotContender } from './bots.js';
import type { BotSettings } from './crowd/bot-settings.js';
import type { Job, Result } from './jobs.js';

/** What a person may choose. */
export interface Request {
  /** Simulated paths; null: as many as the published tables have. */
  readonly paths: number | null;
  /** Crowds; null: as many as are published. */
  readonly seeds: number | null;
  /** All chance comes from it. */
  readonly seed: string;
  /** The bot that meets the crowd. */
  readonly bot: BotSettings;
  /** With what paper is held against the truth. */
  readonly strategy: StrategySettings;
  /** Strategies that meet the same crowds; the first is the default. */
  readonly contenders: readonly BotContender[];
}

export interface Report {
  /** For programs: `rows` is the table. */
  readonly document: { readonly rows: readonly object[] } & Readonly<Record<string, unknown>>;
  /** For people. */
  readonly text: readonly string[];
  /** A section of a page. */
  readonly html: string;
  /** A picture that stands by itself, as SVG. */
  readonly picture?: string;
}

export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** @returns jobs in a fixed order */
  jobs(request: Request): readonly Job[];
  /** @param results of those jobs, in their order */
  report(request: Request, results: readonly Result[]): Report;
}
