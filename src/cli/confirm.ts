/** Asks a person to type a phrase before something that cannot be taken back. */
import { quote } from '../domain/errors.js';
import { CommandFailure, ExitCode } from './exit-codes.js';
import type { Output, Prompt } from './output.js';

export interface Confirmation {
  /** What is about to happen, line by line. */
  readonly warning: readonly string[];
  /** What must be typed, exactly. */
  readonly phrase: string;
  /** The flag that says the same without a person, such as `--yes-trade-real-money`. */
  readonly flag: string;
}

/**
 * Returns when the phrase was typed.
 * @throws CommandFailure where another text or nothing came, or where nobody can be asked
 */
export const confirmTyped = async (prompt: Prompt, output: Output, confirmation: Confirmation): Promise<void> => {
  const { warning, phrase, flag } = confirmation;
  if (!prompt.isTty)
    throw new CommandFailure(ExitCode.usage, 'this needs a typed confirmation and there is no terminal to ask on', {
      fix: `run it in a terminal, or give ${flag} where that is truly meant`,
    });
  for (const line of warning) output.err(line);
  const answer = await prompt.ask(`Type ${JSON.stringify(phrase)} to go on: `);
  if (answer !== null && answer.trim() === phrase) return;
  throw new CommandFailure(ExitCode.usage, answer === null ? 'not confirmed: the input ended' : `not confirmed: got ${quote(answer)}`, {
    why: `expected exactly ${JSON.stringify(phrase)}`,
    fix: 'nothing was done; start again to be asked again',
  });
};
