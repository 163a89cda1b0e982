import { expect, test } from 'vitest';
import { epochUs } from '../../../src/domain/units.js';
import { Backlog } from '../../../src/logger/backlog.js';

test('a writer that follows is not behind, however much it is given', () => {
  const backlog = new Backlog();
  for (let i = 1; i <= 50; i++) expect(backlog.behind(epochUs(i * 100), i * 1000, (i - 1) * 1000)).toBeLessThanOrEqual(100);
});

test('a writer that stands still is behind by the time it stands', () => {
  const backlog = new Backlog();
  expect(backlog.behind(epochUs(1000), 5, 5)).toBe(0);
  expect(backlog.behind(epochUs(2000), 9, 5)).toBe(0);
  expect(backlog.behind(epochUs(7000), 20, 5)).toBe(5000);
  // It has caught up with what waited then, and not with what came since.
  expect(backlog.behind(epochUs(8000), 20, 9)).toBe(0);
  expect(backlog.behind(epochUs(9000), 20, 9)).toBe(1000);
  expect(backlog.behind(epochUs(9500), 20, 20)).toBe(0);
});
