import { between, type DurationUs, type EpochUs } from '../../domain/units.js';

/** A value with its past, as far back as a lagging read may look. Values are never changed after they were recorded. */
export class Lagged<T> {
  #versions: { readonly at: EpochUs; readonly value: T }[] = [];

  record(at: EpochUs, value: T, horizon: DurationUs): void {
    const versions = this.#versions;
    // The newest version that is old enough for the farthest read makes all before it unreachable.
    let keepFrom = versions.length - 1;
    while (keepFrom > 0 && between((versions[keepFrom] as { at: EpochUs }).at, at) < horizon) keepFrom--;
    if (keepFrom > 0) versions.splice(0, keepFrom);
    if (horizon === 0) versions.length = 0;
    versions.push({ at, value });
  }

  /** The value as it stood at `asOf`, or null where there was none yet. */
  at(asOf: EpochUs): T | null {
    for (let i = this.#versions.length - 1; i >= 0; i--) {
      const version = this.#versions[i];
      if (version !== undefined && version.at <= asOf) return version.value;
    }
    return null;
  }
}
