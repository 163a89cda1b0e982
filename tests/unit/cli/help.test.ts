import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandHelp, overview, wrap } from '../../../src/cli/help.js';
import { COMMON_OPTIONS } from '../../../src/cli/parse.js';
import { sampleCommand, sampleCommands } from './sample-commands.js';

const commands = sampleCommands();

test('help of every command names each option, argument and example within 80 columns', () => {
  for (const command of commands) {
    const lines = commandHelp('kmm', command);
    const text = lines.join('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    for (const option of [...command.options, ...COMMON_OPTIONS]) expect(text).toContain(`--${option.name}`);
    for (const positional of command.positionals ?? []) expect(text).toContain(`<${positional.name}>`);
    for (const example of command.examples ?? []) expect(text).toContain(`kmm ${example.line}`);
  }
});

test('an option tells its value, its bounds, its choices and its default', () => {
  const text = commandHelp('kmm', sampleCommand('replay')).join('\n').replace(/\s+/g, ' ');
  expect(text).toContain('-o, --out <folder> Folder for the report.');
  expect(text).toContain('--speed <number> How fast. At least 0.1. At most 1000. Default: 1.');
  expect(text).toContain('--fills <queue|touch|none> Who fills our orders. Default: queue.');
  expect(text).toContain('--market <text> A ticker. May be repeated.');
  expect(text).toContain('One of error, warn, info, debug, trace. Default: info.');
});

test('a required option stands in the usage line', () => {
  expect(commandHelp('kmm', sampleCommand('config check'))[0]).toBe('Usage: kmm config check --file <path> [options]');
});

test('the overview stays within 80 columns', () => {
  expect(overview('kmm', commands).filter((line) => line.length > 80)).toEqual([]);
});

test('wrapping keeps every word, in order, and the width where a word fits', () => {
  const words = fc.array(fc.stringMatching(/^[a-z.,]{1,12}$/), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(words, fc.integer({ min: 12, max: 60 }), (list, width) => {
      const lines = wrap(list.join(' '), width);
      expect(lines.join(' ').split(' ')).toEqual(list);
      expect(lines.every((line) => line.length <= width)).toBe(true);
    }),
  );
});
