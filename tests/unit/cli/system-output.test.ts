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

describe('a hidden answer', () => {
  const hidden = (can: boolean) => {
    const echo: boolean[] = [];
    const input = new PassThrough();
    const stop = new AbortController();
    const prompt = new SystemPrompt(stop.signal, input, (on) => {
      echo.push(on);
      return can;
    });
    return { prompt, input, stop, echo };
  };

  test('is not shown while it is typed, and afterwards typing is shown again', async () => {
    const { prompt, input, echo } = hidden(true);
    const answer = prompt.ask('Passphrase: ', 'hidden');
    expect(echo).toEqual([false]);
    input.write('secret\n');
    expect(await answer).toBe('secret');
    expect(echo).toEqual([false, true]);
  });

  test('gives the terminal back when somebody presses Ctrl-C instead', async () => {
    const { prompt, stop, echo } = hidden(true);
    const answer = prompt.ask('Passphrase: ', 'hidden');
    stop.abort('SIGINT');
    expect(await answer).toBeNull();
    expect(echo).toEqual([false, true]);
  });

  test('is not asked for where it would be shown', async () => {
    const { prompt, echo } = hidden(false);
    expect(await prompt.ask('Passphrase: ', 'hidden')).toBeNull();
    expect(echo).toEqual([false]);
  });
});
