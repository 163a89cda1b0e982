/** Spans of time as people type and read them. */
import type { DurationUs } from '../domain/units.js';

const MICROS = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 } as const;
const SPAN = /^(\d{1,9})(?:\.(\d{1,6}))?(us|ms|s|m|h|d)$/;

export const DURATION_SHAPE = 'a number with a unit, such as 500ms, 20s, 5m, 1h or 2d';

/** "1.5h" to microseconds, or null where the text is no span or finer than a microsecond. A bare number has no unit and so no meaning. */
export const parseDuration = (text: string): DurationUs | null => {
  const match = SPAN.exec(text);
  if (match === null) return null;
  const unit = MICROS[match[3] as keyof typeof MICROS];
  const fraction = match[2] ?? '';
  // Integers all the way: 1.1 s must be exactly 1 100 000 microseconds.
  const parts = Number(fraction === '' ? 0 : fraction) * unit;
  const scale = 10 ** fraction.length;
  if (parts % scale !== 0) return null;
  const micros = Number(match[1]) * unit + parts / scale;
  return Number.isSafeInteger(micros) ? (micros as DurationUs) : null;
};

/** Whole seconds as a clock: `0:07`, `12:05`, `3:00:00`. */
export const formatClock = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};
