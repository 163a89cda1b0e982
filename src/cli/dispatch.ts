/** From a command line to an exit code: finds the command, checks its words, runs it and renders every failure in one way. */
import { quote, TradingError } from '../domain/errors.js';
import { nearestName } from '../domain/near-name.js';
import type { Command, CommandContext, LogLevel } from './command.js';
import { CommandFailure, ExitCode, failureDocument, failureLines } from './exit-codes.js';
import { commandDocument, commandHelp, overview } from './help.js';
import { jsonOnly, NOBODY, type Output, type Prompt } from './output.js';
import { parseArguments } from './parse.js';

export interface Surroundings {
  /** Name in help and messages. */
  readonly program?: string;
  readonly version?: string;
  readonly prompt?: Prompt;
  /** Aborted on SIGINT or SIGTERM, with the signal's name as its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Runs one command line.
 * @param argv the words after the program's name
 * @returns the exit code; never throws
 */
export const dispatch = async (
  commands: readonly Command[],
  argv: readonly string[],
  output: Output,
  surroundings: Surroundings = {},
): Promise<number> => {
  const { program = 'kmm', version = null, prompt = NOBODY, signal = new AbortController().signal } = surroundings;
  const json = wantsJson(argv);
  const speech = json ? jsonOnly(output) : output;
  try {
    const request = route(program, commands, argv);
    switch (request.type) {
      case 'version':
        if (json) output.json({ program, version });
        else output.out(`${program} ${version ?? 'of unknown version'}`);
        return ExitCode.ok;
      case 'overview':
        if (json) output.json({ commands: request.commands.map(commandDocument) });
        else for (const line of overview(program, commands, request.group)) output.out(line);
        return request.asked ? ExitCode.ok : ExitCode.usage;
      case 'help':
        showHelp(program, request.command, json, output);
        return ExitCode.ok;
      case 'run': {
        const { options, positionals } = parseArguments(request.command, request.argv);
        if (options.flag('help')) {
          showHelp(program, request.command, json, output);
          return ExitCode.ok;
        }
        const logLevel = options.text('log-level') as LogLevel;
        const context: CommandContext = { options, positionals, json, logLevel, output: speech, prompt, signal };
        return await request.command.run(context);
      }
    }
  } catch (error) {
    return renderFailure(error, { json, output, signal, verbose: argv.join(' ').match(/--log-level[ =](debug|trace)/) !== null });
  }
};

const wantsJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
};

const showHelp = (program: string, command: Command, json: boolean, output: Output): void => {
  if (json) output.json(commandDocument(command));
  else for (const line of commandHelp(program, command)) output.out(line);
};

type Request =
  | { readonly type: 'version' }
  | { readonly type: 'overview'; readonly group: string | null; readonly commands: readonly Command[]; readonly asked: boolean }
  | { readonly type: 'help'; readonly command: Command }
  | { readonly type: 'run'; readonly command: Command; readonly argv: readonly string[] };

const isOption = (word: string | undefined): boolean => word !== undefined && word.startsWith('-');

const route = (program: string, commands: readonly Command[], argv: readonly string[]): Request => {
  const first = argv.find((word) => !isOption(word));
  if (first === undefined || isOption(argv[0])) return routeWithoutCommand(program, commands, argv, first);
  if (first === 'help') {
    const wanted = argv.slice(1).filter((word) => !isOption(word));
    if (wanted.length === 0) return { type: 'overview', group: null, commands, asked: true };
    const inner = route(program, commands, wanted);
    return inner.type === 'run'
      ? { type: 'help', command: inner.command }
      : { ...inner, ...(inner.type === 'overview' && { asked: true }) };
  }
  const second = argv[1];
  const pair = commands.find((command) => command.name === `${first} ${second}`);
  if (pair !== undefined) return { type: 'run', command: pair, argv: argv.slice(2) };
  const single = commands.find((command) => command.name === first);
  if (single !== undefined) return { type: 'run', command: single, argv: argv.slice(1) };
  return routeGroup(program, commands, first, argv.slice(1));
};

/** `kmm`, `kmm --help`, `kmm --version`: nothing else may come before a command. */
const routeWithoutCommand = (
  program: string,
  commands: readonly Command[],
  argv: readonly string[],
  first: string | undefined,
): Request => {
  const words = argv.filter((word) => word !== '--json');
  if (words.length === 0) return { type: 'overview', group: null, commands, asked: false };
  if (words.every((word) => word === '--help' || word === '-h')) return { type: 'overview', group: null, commands, asked: true };
  if (words.every((word) => word === '--version')) return { type: 'version' };
  throw new CommandFailure(ExitCode.usage, `expected a command before ${quote(words[0] as string)}`, {
    fix: first === undefined ? `see: ${program} --help` : `write the command first, for instance: ${program} ${first} ${words[0]}`,
  });
};

const routeGroup = (program: string, commands: readonly Command[], first: string, rest: readonly string[]): Request => {
  const members = commands.filter((command) => command.name.startsWith(`${first} `));
  const word = rest.find((w) => !isOption(w));
  if (members.length > 0 && word === undefined) {
    const asked = rest.some((w) => w === '--help' || w === '-h');
    return { type: 'overview', group: first, commands: members, asked };
  }
  const typed = members.length > 0 ? `${first} ${word}` : first;
  const names = members.length > 0 ? members.map((c) => c.name) : commands.flatMap((c) => [c.name, c.name.split(' ')[0] as string]);
  const near = nearestName(typed, names);
  throw new CommandFailure(ExitCode.usage, `unknown command ${quote(typed)}`, {
    fix: near === null ? `see: ${program} --help` : `did you mean: ${program} ${near}`,
  });
};

interface Rendering {
  readonly json: boolean;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly verbose: boolean;
}

const renderFailure = (error: unknown, { json, output, signal, verbose }: Rendering): number => {
  if (!(error instanceof CommandFailure) && signal.aborted) {
    const terminated = signal.reason === 'SIGTERM';
    output.err(terminated ? 'terminated' : 'interrupted');
    return terminated ? ExitCode.terminated : ExitCode.interrupted;
  }
  const failure = error instanceof CommandFailure ? error : unexpected(error);
  if (json) output.json(failureDocument(failure));
  for (const line of failureLines(failure)) output.err(line);
  if (verbose && error instanceof Error && error.stack !== undefined) output.err(error.stack);
  return failure.exitCode;
};

const unexpected = (error: unknown): CommandFailure => {
  const text = error instanceof Error ? error.message : String(error);
  const known = error instanceof TradingError ? `${error.code}: ` : '';
  return new CommandFailure(ExitCode.unexpected, `unexpected: ${known}${text}`, {
    fix: 'run again with --log-level debug and report what it prints',
    cause: error,
  });
};
