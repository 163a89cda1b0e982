/** How deep JSON is nested, told before it is parsed: what was made to exhaust us is refused unread. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Counts brackets outside of texts. */
export const isNestedDeeper = (json: string, most: number): boolean => {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (inText) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > most) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
};
