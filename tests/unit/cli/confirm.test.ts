import { describe, expect, test } from 'vitest';
import { confirmTyped } from '../../../src/cli/confirm.js';
import { CapturedOutput, NOBODY, type Prompt } from '../../../src/cli/output.js';

const confirmation = { warning: ['Orders will cost real dollars.'], phrase: 'trade real money', flag: '--yes-trade-real-money' };
const person = (answer: string | null): Prompt => ({ isTty: true, ask: async () => answer });

describe('a typed confirmation', () => {
  test('shows the warning and takes the exact phrase', async () => {
    const output = new CapturedOutput(true);
    await confirmTyped(person('trade real money '), output, confirmation);
    expect(output.stderr).toEqual(['Orders will cost real dollars.']);
  });

  for (const answer of ['', 'y', 'yes', 'Trade Real Money', 'trade real', null])
    test(`refuses ${JSON.stringify(answer)}`, async () => {
      await expect(confirmTyped(person(answer), new CapturedOutput(true), confirmation)).rejects.toMatchObject({
        exitCode: 2,
        what: expect.stringContaining('not confirmed') as string,
      });
    });

  test('without a terminal is refused and names the flag', async () => {
    await expect(confirmTyped(NOBODY, new CapturedOutput(), confirmation)).rejects.toMatchObject({
      exitCode: 2,
      fix: expect.stringContaining('--yes-trade-real-money') as string,
    });
  });
});
