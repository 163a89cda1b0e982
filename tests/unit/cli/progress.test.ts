import { expect, test } from 'vitest';
import { CapturedOutput } from '../../../src/cli/output.js';
import { Progress, progressLine } from '../../../src/cli/progress.js';

const settings = { label: 'replaying', total: 200 };

test('a bar shows the share done and the time left', () => {
  expect(progressLine(settings, 50, 10_000, 80)).toBe('replaying [#######-----------------------]  25 %  0:30 left');
  expect(progressLine(settings, 200, 10_000, 80)).toBe('replaying [##############################] 100 %  0:00 left');
  expect(progressLine(settings, 0, 10_000, 80)).toContain('  0 %  estimating');
});

test('nothing to do is done, and more than all is all', () => {
  expect(progressLine({ label: 'x', total: 0 }, 0, 0, 80)).toContain('100 %');
  expect(progressLine(settings, 900, 10_000, 80)).toContain('100 %');
});

test('no line is as wide as its terminal', () => {
  for (let columns = 1; columns <= 120; columns++) expect(progressLine(settings, 77, 5000, columns).length).toBeLessThan(columns);
});

test('it is drawn at most every tenth of a second and taken away at the end', () => {
  const output = new CapturedOutput(true);
  let now = 0;
  const progress = new Progress(output, { ...settings, nowMs: () => now });
  for (now = 0; now <= 250; now += 10) progress.update(now);
  expect(output.drawn.split('\r').length - 1).toBe(3);
  progress.finish();
  expect(output.drawn.endsWith('\r\u001b[2K')).toBe(true);
});

test('it is silent where the output is no terminal', () => {
  const output = new CapturedOutput(false);
  const progress = new Progress(output, { ...settings, nowMs: () => 0 });
  progress.update(50);
  progress.finish();
  expect([output.drawn, output.stdout, output.stderr]).toEqual(['', [], []]);
});
