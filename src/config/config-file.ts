/** Loads the configuration from its file, and writes a new one. The one place of this room that touches files. */
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { parseCalendar } from './calendar.js';
import { ConfigError } from './issue.js';
import { mergeConfig, type ConfigSources, type MergedConfig } from './merge.js';
import { toSettings } from './to-settings.js';
import type { Settings } from './settings.js';

/** Read where no other file is named; it may be missing. */
export const DEFAULT_CONFIG_FILE = 'config.yaml';

const FILE_BYTES_MAX = 1024 * 1024;
/** A new configuration names keys and limits: nobody else's business. */
const FILE_MODE = 0o600;

export interface LoadOptions extends Pick<ConfigSources, 'variables' | 'overrides' | 'needs'> {
  /** A file that a person named and that must exist, or null for `config.yaml` where there is one. */
  readonly path: string | null;
}

export interface LoadedConfig extends MergedConfig {
  readonly settings: Settings;
  /** The file that was read, or null where none was there. */
  readonly path: string | null;
}

/**
 * The configuration in force: defaults, then the file, then the environment, then the flags.
 * @throws ConfigError with everything that is wrong
 */
export const loadConfig = (options: LoadOptions): LoadedConfig => {
  const name = options.path ?? DEFAULT_CONFIG_FILE;
  const text = readText(name, options.path !== null);
  const { variables, overrides, needs } = options;
  const merged = mergeConfig({
    file: text === null ? null : { name, text },
    variables,
    overrides,
    ...(needs !== undefined && { needs }),
  });
  const { calendar_file: calendarFile } = merged.config.horizon;
  // A calendar that was named and is not there must not pass for an empty one.
  const calendar = calendarFile === null ? [] : parseCalendar(readText(calendarFile, true) ?? '', calendarFile);
  return { ...merged, settings: toSettings(merged.config, calendar), path: text === null ? null : name };
};

const readText = (path: string, required: boolean): string | null => {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (reason === 'ENOENT' && !required) return null;
    throw unreadable(
      path,
      reason === 'ENOENT' ? 'no such file' : reason,
      reason === 'ENOENT' ? 'name an existing file, or make one: kmm init' : 'check its owner and mode',
    );
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw unreadable(path, 'not a file', 'name a file');
    if (stat.size > FILE_BYTES_MAX) throw unreadable(path, `${stat.size} bytes`, 'check that this is the right file');
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
};

const unreadable = (path: string, value: string, fix: string): ConfigError =>
  new ConfigError([
    {
      origin: { type: 'file', file: path, line: 1 },
      key: '(file)',
      value,
      rule: `a readable file of at most ${FILE_BYTES_MAX} bytes`,
      near: null,
      fix,
    },
  ]);

/**
 * Writes a new configuration with mode 0600.
 * @returns false where something of that name exists already; it is never overwritten
 */
export const writeNewConfig = (path: string, text: string): boolean => {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: FILE_MODE });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};
