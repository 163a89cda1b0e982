/** How deep a YAML text nests, before it is parsed: the library recurses, and a stack that runs out in it can take the process along. */

/** Deeper than any configuration of ours, shallower than what any stack bears. */
export const NESTING_MAX = 64;

/** At least as deep as the text nests; more where brackets stand in quotes or comments. */
export const nestingOf = (text: string): number => {
  let [deepest, open, dashes, indent] = [0, 0, 0, 0];
  let atStart = true;
  for (const char of text) {
    if (char === '\n') [dashes, indent, atStart] = [0, 0, true];
    else if (char === '[' || char === '{') open++;
    else if (char === ']' || char === '}') open = Math.max(0, open - 1);
    else if (char === '-' && atStart) dashes++;
    else if (char === ' ' && atStart) indent++;
    else if (char === '?' && atStart) dashes++;
    if (char !== ' ' && char !== '-' && char !== '?' && char !== '\n') atStart = false;
    deepest = Math.max(deepest, open + dashes + indent / 2);
  }
  return deepest;
};
