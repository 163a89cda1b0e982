import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { SystemPrompt } from '../../../src/cli/system-output.js';

const prompting = (): { prompt: SystemPrompt; input: PassThrough; stop: AbortController } => {
  const stop = new AbortController();
  const input = new PassThrough();
  return { prompt: new SystemPrompt(stop.signal, input), input, stop };
};

describe('questions on the terminal', () => {
  test('get their answers in order, also those typed ahead', async () => {
    const { prompt, input } = prompting();
    input.write('one\ntwo\n');
    expect([await prompt.ask('?'), await prompt.ask('?')]).toEqual(['one', 'two']);
    const third = prompt.ask('?');
    input.write('three\n');
    expect(await third).toBe('three');
  });

  test('have no answer once the input has ended', async () => {
    const { prompt, input } = prompting();
    const asked = prompt.ask('?');
    input.end();
    expect([await asked, await prompt.ask('?')]).toEqual([null, null]);
  });

  test('do not outlast a request to stop', async () => {
    const { prompt, stop } = prompting();
    const asked = prompt.ask('?');
    stop.abort('SIGINT');
    expect([await asked, await prompt.ask('?')]).toEqual([null, null]);
  });
});
