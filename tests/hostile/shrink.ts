/** Makes a failing input smaller while it still fails: cuts out ever smaller pieces. */

const TRIES_MAX = 100;

/** @param fails whether this smaller list still shows the fault */
export const shrinkList = async <T>(list: readonly T[], fails: (smaller: readonly T[]) => Promise<boolean>): Promise<readonly T[]> => {
  let best = list;
  let tries = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1;) {
    let shrunk = false;
    for (let at = 0; at < best.length && tries < TRIES_MAX;) {
      const smaller = [...best.slice(0, at), ...best.slice(at + size)];
      tries++;
      if (await fails(smaller)) {
        best = smaller;
        shrunk = true;
      } else at += size;
    }
    if (tries >= TRIES_MAX || (size === 1 && !shrunk)) return best;
    if (!shrunk) size = Math.floor(size / 2);
    else size = Math.max(1, Math.min(size, Math.ceil(best.length / 2)));
  }
  return best;
};

export const shrinkBytes = async (bytes: Buffer, fails: (smaller: Buffer) => Promise<boolean>): Promise<Buffer> =>
  Buffer.from(await shrinkList([...bytes], (smaller) => fails(Buffer.from(smaller))));
