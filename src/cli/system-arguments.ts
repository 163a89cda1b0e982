/** Splits a command line with the runtime's own parser. What the pieces mean is decided in `parse.ts`. */
import { parseArgs } from 'node:util';

export type ArgumentToken =
  | { readonly kind: 'option'; readonly name: string; readonly typed: string; readonly value: string | null; readonly inline: boolean }
  | { readonly kind: 'positional'; readonly value: string };

export interface OptionShape {
  readonly name: string;
  readonly short?: string;
  /** Whether a value belongs to it; unknown options are taken to have none. */
  readonly takesValue: boolean;
}

/** Tokens in the order typed. After `--` everything is positional. Never throws: unknown options are tokens too. */
export const splitArguments = (argv: readonly string[], shapes: readonly OptionShape[]): readonly ArgumentToken[] => {
  const options = Object.fromEntries(
    shapes.map((shape) => [
      shape.name,
      { type: shape.takesValue ? ('string' as const) : ('boolean' as const), ...(shape.short === undefined ? {} : { short: shape.short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  return tokens.flatMap((token): ArgumentToken[] => {
    switch (token.kind) {
      case 'option':
        return [{ kind: 'option', name: token.name, typed: token.rawName, value: token.value ?? null, inline: token.inlineValue === true }];
      case 'positional':
        return [{ kind: 'positional', value: token.value }];
      case 'option-terminator':
        return [];
    }
  });
};
