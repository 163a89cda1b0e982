/** How to connect to a stand-alone exchange: the JSON line that it prints when it is ready, kept in a file. */
import { readFileSync } from 'node:fs';
import { CommandFailure, ExitCode } from '../cli/exit-codes.js';

export interface ConnectLine {
  readonly rest: string;
  readonly ws: string;
  readonly key_id: string;
  readonly private_key_path: string;
}

/** @throws CommandFailure (usage) where the file is not such a line */
export const readConnectLine = (file: string): ConnectLine => {
  const problem = (why: string): CommandFailure =>
    new CommandFailure(ExitCode.usage, `${file} does not say how to connect`, {
      why,
      fix: 'give the JSON line that `npm run exchange -- --json` prints: {"rest", "ws", "key_id", "private_key_path"}',
    });
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The parser's own words quote the file, which may be the wrong one: a key, for instance.
    if (error instanceof SyntaxError) throw problem('it is not valid JSON');
    throw problem(error instanceof Error ? error.message : String(error));
  }
  const line = found as Partial<Record<keyof ConnectLine, unknown>> | null;
  for (const name of ['rest', 'ws', 'key_id', 'private_key_path'] as const)
    if (typeof line?.[name] !== 'string' || line[name] === '') throw problem(`"${name}" is missing or no text`);
  return line as ConnectLine;
};
