/** A slope that must prove itself: used only as long as it foretells what it was not fitted to. */

/** Facts before anything may be foretold, and forecasts before they may prove anything. */
const FITTED_MIN = 10;
const FORECASTS_MIN = 20;
/** What came so many facts ago counts for 1/e. */
const MEMORY = 200;
const T_MIN = 2;

/**
 * Rolling regression y = beta x through the origin, with a test out of sample: every y is held against the forecast made from the beta before it, and the t-statistic of y on
 * its forecast must lie above 2.
 */
export class ProvenSlope {
  readonly #kept = Math.exp(-1 / MEMORY);
  #facts = 0;
  #xx = 0;
  #xy = 0;
  #forecasts = 0;
  #weight = 0;
  #weight2 = 0;
  #ff = 0;
  #fy = 0;
  #yy = 0;

  get beta(): number {
    return this.#xx > 0 ? this.#xy / this.#xx : 0;
  }

  /** Of outcomes on their forecasts; 0 while there are too few. */
  get t(): number {
    if (this.#forecasts < FORECASTS_MIN || !(this.#ff > 0)) return 0;
    const slope = this.#fy / this.#ff;
    const residual = Math.max(0, this.#yy - slope * this.#fy);
    const effective = this.#weight ** 2 / this.#weight2;
    // As many facts as the fading weights are worth, less the one that the slope takes.
    const variance = (residual / this.#weight) * (effective / (effective - 1)) * (this.#weight2 / this.#weight);
    return variance > 0 ? slope / Math.sqrt(variance / this.#ff) : slope > 0 ? Infinity : 0;
  }

  get isProven(): boolean {
    return this.t > T_MIN;
  }

  /** x and what came after it. */
  learn(x: number, y: number): void {
    if (this.#facts >= FITTED_MIN) this.#judge(this.beta * x, y);
    this.#facts++;
    this.#xx = this.#kept * this.#xx + x * x;
    this.#xy = this.#kept * this.#xy + x * y;
  }

  #judge(forecast: number, y: number): void {
    const kept = this.#kept;
    this.#forecasts++;
    this.#weight = kept * this.#weight + 1;
    this.#weight2 = kept * kept * this.#weight2 + 1;
    this.#ff = kept * this.#ff + forecast * forecast;
    this.#fy = kept * this.#fy + forecast * y;
    this.#yy = kept * this.#yy + y * y;
  }
}
