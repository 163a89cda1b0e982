/** Faults of the network between a real bot and a real exchange: it comes back to quoting by itself, and in the end everything adds up. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { SeededChance } from '../../src/domain/chance.js';
import { Arena, READY } from './arena.js';
import { killChildren } from './children.js';
import { endCleanly } from './crashes.js';
import { Judge } from './judge.js';
import { feelings, LINK_FAULTS, type LinkFault } from './link-faults.js';
import { FULL, seeded, SEED } from './sizes.js';

afterAll(killChildren);

const PAIRS = FULL ? 3 : 1;
/** With every `npm test`: one that loses answers, one that cuts, one that refuses. */
const QUICK = ['N5', 'N8', 'N15'];
const FAULTS = LINK_FAULTS.filter(({ name }) => FULL || QUICK.some((number) => name.startsWith(`${number} `)));

/** Turns of one pair: its share of the faults, in the order that chance gives. */
const shareOf = (pair: number, chance: SeededChance): LinkFault[] =>
  FAULTS.filter((_, i) => i % PAIRS === pair)
    .map((fault) => ({ fault, place: chance.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ fault }) => fault);

describe.concurrent('a bot behind a link that misbehaves', () => {
  test.each(Array.from({ length: PAIRS }, (_, pair) => pair))(
    '(%i) quotes again after every fault and ends with everything in order',
    { timeout: 330_000 },
    (pair) =>
      seeded(SEED + pair, async () => {
        const chance = new SeededChance(SEED, `links ${pair}`);
        const arena = await Arena.open(`links-${SEED}-${pair}`);
        try {
          const judge = new Judge(arena);
          const links = await arena.links(SEED + pair);
          const bot = arena.start(links);
          await bot.said(READY);
          for (const fault of shareOf(pair, chance)) {
            const before = feelings(links);
            await fault.run(links, chance, FULL ? 2000 + chance.next() * 6000 : 1200);
            expect(fault.felt(before, feelings(links)), `${fault.name} was felt`).toBe(true);
            await quotesAgain(arena, fault, bot);
          }
          const summary = await endCleanly(bot);
          expect(await judge.verdict(summary)).toEqual([]);
          // Whatever was missed on the stream was found by reading the account: the bot never died.
          expect(judge.deadFills).toEqual([]);
        } finally {
          await arena.close();
        }
      }),
  );
});

/** An order that was not there before rests. */
const quotesAgain = async (arena: Arena, fault: LinkFault, bot: { readonly stderr: string }): Promise<void> => {
  const since = Date.now();
  const patience = performance.now() + 40_000;
  for (;;) {
    const resting = await arena.orders('resting');
    if (resting.some((order) => Date.parse(String(order['created_time'])) > since)) return;
    if (performance.now() > patience) throw new Error(`no new quote after ${fault.name}:\n${bot.stderr.slice(-2000)}`);
    await pause(50);
  }
};
