/** A loader hook: whoever imports the original gets the planted module, which alone gets the original. The exchange and those who judge are not the program: they keep the original. */
import type { ResolveHook } from 'node:module';

interface Swap {
  readonly original: string;
  readonly planted: string;
  /** Whoever lives below one of these is not deceived, */
  readonly honest: readonly string[];
  /** except for these. */
  readonly deceived: readonly string[];
}

let swap: Swap | null = null;

export const initialize = (data: Swap): void => {
  swap = data;
};

const isDeceived = ({ honest, deceived }: Swap, importer: string): boolean =>
  deceived.includes(importer) || !honest.some((folder) => importer.startsWith(folder));

export const resolve: ResolveHook = async (specifier, context, next) => {
  const found = await next(specifier, context);
  if (swap === null || found.url !== swap.original || !isDeceived(swap, context.parentURL ?? '')) return found;
  return { ...found, url: swap.planted };
};
