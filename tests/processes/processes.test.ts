/** Real bots against real exchanges, as processes over real sockets and files; the exchange is asked what is true. A little of it here, all of it with KMM_FULL=1. */
import { afterAll, describe, test } from 'vitest';
import { killChildren } from './children.js';
import { DEAD_SCENARIOS } from './dead.js';
import { FREEZE_SCENARIOS } from './freezes.js';
import { KILL_SCENARIOS } from './kills.js';
import { LINK_SCENARIOS } from './links.js';
import type { Scenario } from './scenario.js';
import { STOP_SCENARIOS } from './stops.js';

/** The longest first: they are told side by side. */
const SCENARIOS: readonly Scenario[] = [...KILL_SCENARIOS, ...LINK_SCENARIOS, ...FREEZE_SCENARIOS, ...DEAD_SCENARIOS, ...STOP_SCENARIOS];

afterAll(killChildren);

describe.concurrent('real processes', () => {
  test.each(SCENARIOS.map(({ name, run }) => [name, run] as const))('%s', (_, run) => run(), 350_000);
});
