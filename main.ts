#!/usr/bin/env node
/** The program. Picks a command; joining happens in `src/app`, everything else further down. */
import { COMMANDS } from './src/app/commands.js';
import { runProcess } from './src/app/process.js';

await runProcess(COMMANDS, process.argv.slice(2));
