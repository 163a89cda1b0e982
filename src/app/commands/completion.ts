/** `kmm completion`: the script that teaches a shell our commands. */
import type { Command } from '../../cli/command.js';
import { completionScript, SHELLS, type Shell } from '../../cli/completion.js';
import { ExitCode } from '../../cli/exit-codes.js';

/**
 * @param program name of the program
 * @param commands asked for when it runs, since the table holds this command too
 */
export const completionCommand = (program: string, commands: () => readonly Command[]): Command => ({
  name: 'completion',
  summary: 'Print the completion script of a shell.',
  description: 'Prints a script that completes commands, options and their values. Load it in the start file of the shell.',
  options: [],
  positionals: [{ name: 'shell', describe: 'Which shell.', required: true, choices: SHELLS }],
  examples: [
    { line: 'completion bash > ~/.local/share/bash-completion/completions/kmm', describe: 'For bash, in every new shell.' },
    { line: 'completion fish > ~/.config/fish/completions/kmm.fish', describe: 'For fish, in every new shell.' },
  ],
  run: async ({ positionals, json, output }) => {
    const shell = positionals[0] as Shell;
    const script = completionScript(shell, program, commands());
    if (json) output.json({ shell, script });
    else output.out(script.trimEnd());
    return ExitCode.ok;
  },
});
