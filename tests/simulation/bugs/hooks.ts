/** A loader hook: whoever imports the original gets the planted module, which alone gets the original. */
import type { ResolveHook } from 'node:module';

interface Swap {
  readonly original: string;
  readonly planted: string;
}

let swap: Swap | null = null;

export const initialize = (data: Swap): void => {
  swap = data;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  const found = await next(specifier, context);
  if (swap === null || found.url !== swap.original || context.parentURL === swap.planted) return found;
  return { ...found, url: swap.planted };
};
