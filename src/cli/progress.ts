/** A progress bar with the time left, for runs that a person waits for. Silent where nobody watches. */
import { formatClock } from './duration.js';
import type { Output } from './output.js';

export interface ProgressSettings {
  readonly label: string;
  /** Amount of work, in whatever `update` counts. */
  readonly total: number;
  /** Milliseconds of any steady clock; handed in so that the bar itself knows no time. */
  readonly nowMs: () => number;
}

const REDRAW_MS = 100;
const BAR_WIDTH_MAX = 30;
const CLEAR_LINE = '\r\u001b[2K';

export class Progress {
  readonly #output: Output;
  readonly #settings: ProgressSettings;
  readonly #startedMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(output: Output, settings: ProgressSettings) {
    this.#output = output;
    this.#settings = settings;
    this.#startedMs = settings.nowMs();
  }

  /** @param done work done so far, at most the total */
  update(done: number): void {
    if (!this.#output.isTty) return;
    const now = this.#settings.nowMs();
    if (now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    this.#drawn = true;
    this.#output.draw(`${CLEAR_LINE}${progressLine(this.#settings, done, now - this.#startedMs, this.#output.columns)}`);
  }

  /** Takes the bar away; what follows is the result. */
  finish(): void {
    if (this.#drawn) this.#output.draw(CLEAR_LINE);
    this.#drawn = false;
  }
}

/** `replaying [#####-----]  50 %  0:12 left`, never wider than the terminal. */
export const progressLine = (
  settings: Pick<ProgressSettings, 'label' | 'total'>,
  done: number,
  elapsedMs: number,
  columns: number,
): string => {
  const share = settings.total > 0 ? Math.min(1, Math.max(0, done / settings.total)) : 1;
  const left = share > 0 ? `${formatClock((elapsedMs * (1 - share)) / share / 1000)} left` : 'estimating';
  const tail = `${String(Math.floor(share * 100)).padStart(3)} %  ${left}`;
  const room = columns - 1 - settings.label.length - tail.length - 4;
  if (room < 5) return `${settings.label} ${tail}`.slice(0, Math.max(0, columns - 1));
  const width = Math.min(BAR_WIDTH_MAX, room);
  const filled = Math.floor(share * width);
  return `${settings.label} [${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${tail}`;
};
