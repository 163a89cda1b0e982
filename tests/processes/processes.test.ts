/** Real bots against real exchanges, as processes over real sockets and files; the exchange is asked what is true. A little of it here, all of it with KMM_FULL=1. */
import { afterAll, describe, test } from 'vitest';
import { killChildren } from './children.js';
import { DEAD_SCENARIOS } from './dead.js';
import { FREEZE_SCENARIOS } from './freezes.js';
import { JUDGE_SCENARIOS } from './judge-sees.js';
import { KILL_SCENARIOS } from './kills.js';
import { LINK_SCENARIOS } from './links.js';
import type { Scenario } from './scenario.js';
import { STOP_SCENARIOS } from './stops.js';

/** The longest first: they are told side by side. */
const SCENARIOS: readonly Scenario[] = [
  ...KILL_SCENARIOS,
  ...LINK_SCENARIOS,
  ...FREEZE_SCENARIOS,
  ...DEAD_SCENARIOS,
  ...STOP_SCENARIOS,
  ...JUDGE_SCENARIOS,
];

afterAll(killChildren);

describe.concurrent('real processes', () => {
  test.each(SCENARIOS.map(({ name, assertStory }) => [name, assertStory] as const))('%s', (_, assertStory) => assertStory(), 350_000);
});
