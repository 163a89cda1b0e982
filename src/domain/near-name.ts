/** Finds the name a person probably meant. Used by every message about an unknown name. */

/** Number of single-character insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export const editDistance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] as number) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
};

/** Longer inputs are not typing errors; comparing them would only cost time. */
const LENGTH_MAX = 64;

/** The name nearest to `text`, or null where none is near enough to be what was meant. Case, `-` and `_` do not count. */
export const nearestName = (text: string, names: readonly string[]): string | null => {
  if (text.length > LENGTH_MAX) return null;
  const plain = (name: string): string => name.toLowerCase().replaceAll('-', '_');
  const wanted = plain(text);
  let nearest: string | null = null;
  let best = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = editDistance(wanted, plain(name));
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest !== null && best <= Math.max(1, Math.floor(Math.max(wanted.length, nearest.length) * 0.4)) ? nearest : null;
};
