/** On which indices contracts settle: the keys in the section `alpha`, and what they become. */
import { seriesTicker } from '../domain/ids.js';
import type { IndexMapping, IndexSettings } from '../domain/settings.js';
import { seconds } from '../domain/units.js';
import { priceOfCents } from './exact-amounts.js';
import { cents, list, real, secondsField } from './fields.js';

/** `KXBTCD=BRTI`, with `60x1s` and `strict` or `inclusive` behind it where they are told. */
const ENTRY = /^([A-Z0-9]{1,50})=([A-Za-z0-9._/-]{1,64})(?: ([1-9]\d{0,3})x(\d{1,4}(?:\.\d{1,3})?)s)?(?: (strict|inclusive))?$/;

/** Sixty readings, one per second: the exchange's crypto series (quoting reference f.2). */
const SAMPLES = 60;
const SPACING_SECONDS = 1;

export const indexFields = {
  indices: list(
    'Series that settle on an index, as SERIES=INDEX with the number of readings that are averaged and their distance, such as "KXBTCD=BRTI 60x1s" (also what is taken where it is left out; 1x1s is the index at the close), and strict or inclusive where the rules say whether the strike itself pays; else it is as the exchange lists it.',
    { pattern: ENTRY, rule: 'SERIES=INDEX, SERIES=INDEX 60x1s or SERIES=INDEX 60x1s strict', itemsMax: 50 },
  ),
  index_age_max_seconds: secondsField('An index that was silent for longer values nothing, in the last minute neither.', {
    default: 2,
    low: 0.1,
    high: 60,
  }),
  index_jump_max_deviations: real(
    'A value further from the one before, in standard deviations of the time between them, values nothing until the next one confirms it.',
    'of standard deviations',
    { default: 20, low: 1, high: 1000 },
  ),
  index_confidence_percent: real('Part of the difference between the value by the index and the mid that quotes follow.', 'of percent', {
    default: 50,
    low: 0,
    high: 100,
  }),
  index_shift_max_cents: cents('Most that the index moves the fair value that is quoted around.', { default: 2, low: 0, high: 50 }),
  volatility_age_max_seconds: secondsField('A volatility of an index that is older counts for nothing.', {
    default: 900,
    low: 1,
    high: 86_400,
  }),
};

interface IndexConfig {
  readonly indices: readonly string[];
  readonly index_age_max_seconds: number;
  readonly index_jump_max_deviations: number;
  readonly volatility_age_max_seconds: number;
  readonly index_confidence_percent: number;
  readonly index_shift_max_cents: string | number;
}

/** @param config checked */
export const indexSettings = (config: IndexConfig): IndexSettings => ({
  mappings: config.indices.map(mappingOf),
  ageMax: seconds(config.index_age_max_seconds),
  volatilityAgeMax: seconds(config.volatility_age_max_seconds),
  jumpSigmasMax: config.index_jump_max_deviations,
  confidence: config.index_confidence_percent / 100,
  shiftMax: priceOfCents(config.index_shift_max_cents),
});

/** @param entry checked by its pattern */
export const mappingOf = (entry: string): IndexMapping => {
  const [, series = '', index = '', samples = SAMPLES, spacing = SPACING_SECONDS, strictness] = ENTRY.exec(entry) ?? [];
  return {
    series: seriesTicker(series),
    index,
    samples: Number(samples),
    spacing: seconds(Number(spacing)),
    atStrike: strictness === undefined ? 'as-listed' : strictness === 'strict' ? 'pays-not' : 'pays',
  };
};
