/** Faults of the network between a real bot and a real exchange: it comes back to quoting by itself, and in the end everything adds up. */
import assert from 'node:assert/strict';
import type { Chance } from '../../src/domain/ports.js';
import { quotesAgain, READY } from './arena.js';
import { endCleanly } from './crashes.js';
import { feelings, LINK_FAULTS, type LinkFault, type Links } from './link-faults.js';
import { scenario, type Scenario, type Stage } from './scenario.js';
import { FULL, pairs } from './sizes.js';

const PAIRS = pairs(1, 3);
/** With every `npm test`: one that loses answers, one that cuts, one that resets. */
const QUICK = ['N5', 'N8', 'N15'];
const FAULTS = LINK_FAULTS.filter(({ name }) => FULL || QUICK.some((number) => name.startsWith(`${number} `)));

/** Turns of one pair: its share of the faults, in the order that chance gives. */
const shareOf = (pair: number, chance: Chance): LinkFault[] =>
  FAULTS.filter((_, i) => i % PAIRS.length === pair)
    .map((fault) => ({ fault, place: chance.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ fault }) => fault);

const TRIES_MAX = 10;

/** Until it was felt: in a quiet second there may be no message to cut and no answer to lose. */
const inflict = async (fault: LinkFault, { chance }: Stage, links: Links): Promise<void> => {
  const before = feelings(links);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    await fault.run(links, chance, FULL ? 2000 + chance.next() * 6000 : 1200);
    if (fault.felt(before, feelings(links))) return;
  }
  throw new Error(`${fault.name} was never felt`);
};

export const LINK_SCENARIOS: readonly Scenario[] = PAIRS.map((pair) =>
  scenario(`a bot behind a link that misbehaves quotes again after every fault, and all adds up (${pair})`, async (stage) => {
    const { arena, judge, chance, seed } = stage;
    const links = await arena.links(seed);
    const bot = arena.start(links);
    await bot.said(READY);
    for (const fault of shareOf(pair, chance)) {
      await inflict(fault, stage, links);
      await quotesAgain(arena, bot, fault.name);
    }
    assert.deepEqual(await judge.verdict(await endCleanly(bot)), []);
    // Whatever was missed on the stream was found by reading the account: the bot never died.
    assert.deepEqual(judge.deadFills, []);
  }),
);
