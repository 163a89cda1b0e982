/** Every command of the program, in the order help shows them. */
import type { Command } from '../cli/command.js';
import { backtestCommand } from './commands/backtest.js';
import { benchCommand } from './commands/bench.js';
import { calibrateCommand } from './commands/calibrate.js';
import { cancelAllCommand } from './commands/cancel-all.js';
import { completionCommand } from './commands/completion.js';
import { configCommands } from './commands/config.js';
import { doctorCommand } from './commands/doctor.js';
import { exchangeCommand } from './commands/exchange.js';
import { experimentsCommand } from './commands/experiments.js';
import { explainCommand } from './commands/explain.js';
import { exportCommand } from './commands/export.js';
import { initCommand } from './commands/init.js';
import { killCommand } from './commands/kill.js';
import { paperCommand } from './commands/paper.js';
import { probeCommand } from './commands/probe.js';
import { reconcileCommand } from './commands/reconcile.js';
import { recordCommand } from './commands/record.js';
import { replayCommand } from './commands/replay.js';
import { startCommand } from './commands/start.js';
import { statusCommand } from './commands/status.js';

export const PROGRAM = 'kmm';

export const COMMANDS: readonly Command[] = [
  startCommand,
  paperCommand,
  exchangeCommand(),
  doctorCommand,
  probeCommand,
  recordCommand,
  replayCommand,
  explainCommand,
  exportCommand,
  calibrateCommand,
  backtestCommand,
  statusCommand,
  killCommand,
  cancelAllCommand,
  reconcileCommand,
  experimentsCommand,
  benchCommand,
  initCommand,
  ...configCommands,
  completionCommand(PROGRAM, () => COMMANDS),
];
