/** A small command table with every kind of option, for the tests of this room. */
import type { Command, CommandContext } from '../../../src/cli/command.js';

export interface Ran {
  readonly name: string;
  readonly context: CommandContext;
}

/** One of them by its name. */
export const sampleCommand = (name: string): Command => sampleCommands().find((c) => c.name === name) as Command;

export const sampleCommands = (ran: Ran[] = [], run: (context: CommandContext) => Promise<number> = async () => 0): readonly Command[] => {
  const make = (name: string, rest: Partial<Command> = {}): Command => ({
    name,
    summary: `Does ${name}.`,
    description: `The command ${name} does what its name says.`,
    options: [],
    run: async (context) => {
      ran.push({ name, context });
      return run(context);
    },
    ...rest,
  });
  return [
    make('replay', {
      description:
        'Plays a recorded session again, as fast as the machine allows, and compares every decision with the recorded one.\n\nNothing is sent anywhere.',
      options: [
        { name: 'out', value: 'path', describe: 'Folder for the report.', placeholder: '<folder>', short: 'o' },
        { name: 'speed', value: 'number', describe: 'How fast.', default: '1', range: { low: 0.1, high: 1000 } },
        { name: 'limit', value: 'integer', describe: 'Events at most.', range: { low: 1 } },
        { name: 'for', value: 'duration', describe: 'How long.', default: '5m' },
        { name: 'fills', value: 'text', describe: 'Who fills our orders.', choices: ['queue', 'touch', 'none'], default: 'queue' },
        { name: 'market', value: 'text', describe: 'A ticker.', repeatable: true },
        { name: 'verify', value: 'flag', describe: 'Compare hashes.' },
      ],
      positionals: [{ name: 'journal', describe: 'The recorded session.', required: true, path: true }],
      examples: [{ line: 'replay runs/last --speed 10', describe: 'Ten times as fast.' }],
    }),
    make('status'),
    make('config show'),
    make('config check', { options: [{ name: 'file', value: 'path', describe: 'The file.', required: true }] }),
    make('completion', {
      positionals: [{ name: 'shell', describe: 'Which shell.', required: true, choices: ['bash', 'zsh', 'fish'] }],
    }),
  ];
};
