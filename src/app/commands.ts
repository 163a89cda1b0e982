/** Every command of the program, in the order help shows them. */
import type { Command } from '../cli/command.js';
import { completionCommand } from './commands/completion.js';
import { configCommands } from './commands/config.js';
import { initCommand } from './commands/init.js';
import { startCommand } from './commands/start.js';

export const PROGRAM = 'kmm';

export const COMMANDS: readonly Command[] = [startCommand, initCommand, ...configCommands, completionCommand(PROGRAM, () => COMMANDS)];
