/** Finds the route of a method and path. Fixed words win over arguments, so `/orders/batched` is never an order called "batched". */

export interface Match<Route> {
  readonly route: Route;
  readonly args: Readonly<Record<string, string>>;
}

interface Entry<Route> {
  readonly method: string;
  readonly words: readonly string[];
  readonly route: Route;
}

const isArgument = (word: string): boolean => word.startsWith(':');

const fits = (pattern: readonly string[], words: readonly string[]): boolean =>
  pattern.length === words.length && pattern.every((part, i) => (isArgument(part) ? words[i] !== '' : part === words[i]));

const decodeWord = (word: string): string | null => {
  try {
    return decodeURIComponent(word);
  } catch {
    return null;
  }
};

export class Router<Route extends { readonly method: string; readonly pattern: string }> {
  readonly #entries: readonly Entry<Route>[];

  constructor(routes: readonly Route[]) {
    this.#entries = routes
      .map((route) => ({ method: route.method, words: route.pattern.split('/'), route }))
      // Among patterns of one length those with fewer arguments come first.
      .sort((a, b) => a.words.filter(isArgument).length - b.words.filter(isArgument).length);
  }

  /** @param path below the prefix, without query, still escaped */
  find(method: string, path: string): Match<Route> | null {
    const words = path.split('/').map(decodeWord);
    if (!words.every((word) => word !== null)) return null;
    const entry = this.#entries.find((candidate) => candidate.method === method && fits(candidate.words, words));
    if (entry === undefined) return null;
    const args: Record<string, string> = {};
    entry.words.forEach((part, i) => {
      if (isArgument(part)) args[part.slice(1)] = words[i] ?? '';
    });
    return { route: entry.route, args };
  }
}
