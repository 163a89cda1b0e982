#!/usr/bin/env node
/** The connectivity probe as a program of its own: the command `probe` of the table. */
import { probeCommand } from './src/app/commands/probe.js';
import { runProcess } from './src/app/process.js';

await runProcess([probeCommand], ['probe', ...process.argv.slice(2)]);
