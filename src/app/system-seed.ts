/** The seed of the simulated exchange. */
import { randomBytes } from 'node:crypto';
import type { CommandContext } from '../cli/command.js';
import type { Settings } from '../config/settings.js';

/** A fresh market every time, unless a seed was asked for. */
export const withFreshSeed = (context: CommandContext, settings: Settings): Settings =>
  settings.environment !== 'sim' || context.options.given('seed')
    ? settings
    : { ...settings, exchange: { ...settings.exchange, seed: randomBytes(6).toString('hex') } };
