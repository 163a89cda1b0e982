/** Which program this is: written into journals, so that a replay knows what wrote them. */
import { readFileSync } from 'node:fs';

/** From `dist/src/app` and from `src/app` alike. */
const PLACES = ['../../package.json', '../../../package.json'];

const readVersion = (): string => {
  for (const place of PLACES)
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (typeof found === 'object' && found !== null && 'version' in found) return String(found.version);
    } catch {
      // Not there: the other place it is.
    }
  return 'unknown';
};

export const VERSION = readVersion();
export const BUILD = `kmm ${VERSION}`;
