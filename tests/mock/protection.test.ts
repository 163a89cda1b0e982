/** What outlives the process, with the whole bot in virtual time: order groups, their triggers, rolling expiries, and the kill switch over them. */
import { describe, expect, test } from 'vitest';
import type { GroupCall } from '../../src/domain/actions.js';
import { marketIndex, orderGroupId, ticker } from '../../src/domain/ids.js';
import type { ProtectionSettings } from '../../src/domain/settings.js';
import { later, millis, parseQuantity, quantity, seconds, type DurationUs } from '../../src/domain/units.js';
import type { EngineParts } from '../../src/engine/engine-state.js';
import { START, TestBot } from '../support/bot.js';
import { GroupVenue } from '../support/group-venue.js';
import { market } from '../support/markets.js';
import { EXECUTION, PROTECTED, RISK } from '../support/settings.js';

const M = marketIndex(0);
const TWO_SHARDS = [market({ ticker: ticker('KXA-1') }), market({ ticker: ticker('KXB-1'), shard: 2 })];
const QUOTES = '48 x 10 / 52 x 10';
const NONE = 'none / none';

interface SetUp {
  readonly parts?: Partial<EngineParts>;
  readonly protection?: ProtectionSettings;
  readonly markets?: readonly ReturnType<typeof market>[];
  /** Groups that the exchange has from an earlier run. */
  readonly found?: readonly { readonly group: string; readonly shard: number; readonly active: boolean }[];
}

class Scene {
  readonly bot: TestBot;
  readonly venue: GroupVenue;

  constructor({ parts = {}, protection = PROTECTED, markets = TWO_SHARDS, found = [] }: SetUp = {}) {
    let venue: GroupVenue | null = null;
    let bot: TestBot | null = null;
    bot = new TestBot({
      markets,
      parts: { protection, execution: { ...EXECUTION, orderLife: seconds(60) }, ...parts },
      intercept: (_, offer) => (venue = new GroupVenue(() => bot?.now ?? START, offer)),
    });
    this.bot = bot;
    if (venue === null) throw new Error('the bot asked for no venue');
    this.venue = venue;
    for (const { group, shard, active } of found)
      this.venue.made.push({ group: orderGroupId(group), shard, limit: RISK.fillBurstMax, active });
  }

  start(): this {
    this.bot.start();
    return this;
  }

  /** Lets time pass, at the exchange too. */
  pass(span: DurationUs): this {
    const end = later(this.bot.now, span);
    while (this.bot.now < end) {
      this.bot.pass(millis(100));
      this.venue.expire();
      this.bot.settle();
    }
    return this;
  }

  control(command: 'kill' | 'stop' | 'resume' | 'pause'): this {
    this.bot.give({ type: 'control', at: this.bot.now, command, reason: 'test' }).settle();
    return this;
  }

  get quotes(): string[] {
    return this.bot.engine.state.markets.map((state) => this.bot.quotes(state.index));
  }

  asked(from = 0): string[] {
    return this.venue.calls.slice(from).map(brief);
  }

  says(code: string): number {
    return this.bot.said.filter((say) => say.code === code).length;
  }
}

const brief = ({ shard, ask }: GroupCall): string => ('group' in ask ? `${ask.kind} ${ask.group}` : `${ask.kind} on ${shard}`);

describe('before the first quote', () => {
  test('every shard gets a group with the limit of the risk settings, and every order belongs to its shard’s', () => {
    const scene = new Scene().start();
    expect(scene.quotes).toEqual([QUOTES, QUOTES]);
    expect(scene.venue.made).toEqual([
      { group: 'g1', shard: 0, limit: RISK.fillBurstMax, active: true },
      { group: 'g2', shard: 2, limit: RISK.fillBurstMax, active: true },
    ]);
    expect([...scene.venue.orders.values()].map(({ market: on, group }) => `${on} ${group}`)).toEqual(['0 g1', '0 g1', '1 g2', '1 g2']);
    expect(scene.asked()).toEqual(['list on 0', 'create on 0', 'create on 2']);
  });

  test('nothing is quoted in a shard whose group cannot be made; it is tried again with growing pauses', () => {
    const scene = new Scene({ markets: [market()] });
    for (let i = 0; i < 5; i++) scene.venue.mishaps.push({ kind: 'create', how: 'refused' });
    scene.start().pass(seconds(2));
    expect(scene.quotes).toEqual([NONE]);
    expect(scene.bot.lastDecision()?.noBid?.code).toBe('no-group');
    expect(scene.says('GROUP_FAILED')).toBe(1);
    const tries = scene.asked().length;
    expect(tries).toBeLessThan(6);
    scene.pass(seconds(20));
    expect([scene.quotes, scene.asked().length]).toEqual([[QUOTES], 7]);
  });

  test('where a group is only wanted, quoting goes on without one', () => {
    const groups = { required: false, coolOff: seconds(15), triggersMax: 3, triggersWithin: seconds(600) };
    const scene = new Scene({ markets: [market()], protection: { ...PROTECTED, groups } });
    for (let i = 0; i < 9; i++) scene.venue.mishaps.push({ kind: 'create', how: 'refused' });
    scene.start();
    expect(scene.quotes).toEqual([QUOTES]);
    expect([...scene.venue.orders.values()].map((order) => order.group)).toEqual([null, null]);
  });

  test('a group whose making was not answered is found again by listing, and none is made twice', () => {
    const scene = new Scene({ markets: [market()] });
    scene.venue.mishaps.push({ kind: 'create', how: 'lost' });
    scene.start().pass(seconds(2));
    expect(scene.quotes).toEqual([QUOTES]);
    expect(scene.asked()).toEqual(['list on 0', 'create on 0', 'list on 0']);
    expect(scene.venue.made).toHaveLength(1);
  });

  test('groups of an earlier run are swept and taken up again; one that no shard needs is deleted', () => {
    const known = [
      { group: orderGroupId('old0'), shard: 0, limit: RISK.fillBurstMax },
      { group: orderGroupId('old2'), shard: 2, limit: parseQuantity('7') },
      { group: orderGroupId('old3'), shard: 3, limit: RISK.fillBurstMax },
    ];
    const scene = new Scene({
      parts: { knownGroups: known },
      found: known.map(({ group, shard }) => ({ group, shard, active: true })),
    }).start();
    expect(scene.quotes).toEqual([QUOTES, QUOTES]);
    expect(scene.asked().sort()).toEqual(['trigger old0', 'trigger old2', 'delete old3', 'reset old0', 'limit old2', 'reset old2'].sort());
    expect(scene.venue.made.map(({ group, active, limit }) => `${group} ${active} ${limit}`)).toEqual([
      `old0 true ${RISK.fillBurstMax}`,
      `old2 true ${RISK.fillBurstMax}`,
    ]);
  });

  test('orders that an earlier run left in its group are gone before they are known', () => {
    const known = [{ group: orderGroupId('old0'), shard: 0, limit: RISK.fillBurstMax }];
    const scene = new Scene({ markets: [market()], parts: { knownGroups: known }, found: [{ group: 'old0', shard: 0, active: true }] });
    const left = { orderId: 'v1', clientId: 'kmm-old-1', market: M, side: 'bid', price: 4800, initial: 1000, filled: 0, remaining: 1000 };
    scene.venue.orders.set('kmm-old-1' as never, { ...left, status: 'resting', expiresAt: null, group: 'old0' } as never);
    scene.start();
    expect([...scene.venue.orders.keys()]).not.toContain('kmm-old-1');
    expect(scene.venue.commands.filter(({ command }) => command.type === 'cancel')).toEqual([]);
    expect(scene.quotes).toEqual([QUOTES]);
  });

  test('a group that has vanished is made anew', () => {
    const known = [{ group: orderGroupId('old0'), shard: 0, limit: RISK.fillBurstMax }];
    const scene = new Scene({ markets: [market()], parts: { knownGroups: known } }).start().pass(seconds(2));
    expect(scene.quotes).toEqual([QUOTES]);
    expect(scene.asked()).toEqual(['trigger old0', 'list on 0', 'create on 0']);
  });
});

describe('a trigger by fills', () => {
  const G1 = orderGroupId('g1');

  test('halts its shard alone, cools off, resets the group and quotes again, without a single cancel of ours', () => {
    const scene = new Scene().start();
    scene.venue.trigger(G1);
    scene.bot.settle();
    expect(scene.quotes).toEqual([NONE, QUOTES]);
    scene.pass(seconds(14));
    expect(scene.bot.lastDecision(0)?.noBid?.code).toBe('group-triggered');
    expect(scene.quotes).toEqual([NONE, QUOTES]);
    scene.pass(seconds(2));
    expect(scene.quotes).toEqual([QUOTES, QUOTES]);
    expect(scene.asked(3)).toEqual(['reset g1']);
    expect(scene.venue.commands.filter(({ command }) => command.type === 'cancel')).toEqual([]);
    expect(scene.says('GROUP_TRIPPED')).toBe(1);
  });

  test('of which only the cancelled orders tell is found out by listing the groups', () => {
    const scene = new Scene().start().pass(seconds(10));
    scene.venue.muteGroups = true;
    scene.venue.trigger(G1);
    scene.pass(seconds(1));
    expect(scene.says('GROUP_TRIPPED')).toBe(1);
    expect(scene.quotes).toEqual([NONE, QUOTES]);
    scene.pass(seconds(16));
    expect(scene.quotes).toEqual([QUOTES, QUOTES]);
  });

  test('of which nothing tells at all is found out by a reading', () => {
    const scene = new Scene({ parts: { engine: { ...new TestBot().engine.state.settings, reconcileEvery: seconds(5) } } }).start();
    scene.pass(seconds(10));
    scene.venue.muteGroups = true;
    scene.venue.muteOrders = true;
    scene.venue.trigger(G1);
    scene.pass(seconds(7));
    expect(scene.says('GROUP_TRIPPED')).toBe(1);
    scene.pass(seconds(17));
    expect(scene.quotes).toEqual([QUOTES, QUOTES]);
  });

  test('is noticed by the first order that is refused', () => {
    const scene = new Scene().start();
    const of = scene.venue.made[0];
    if (of === undefined) throw new Error('expected a group');
    of.active = false;
    scene.bot.book(0, [[41, 100]], [[55, 100]]);
    scene.pass(seconds(1));
    expect(scene.says('GROUP_TRIPPED')).toBe(1);
    expect(scene.bot.lastDecision(0)?.noBid?.code).toBe('group-triggered');
  });

  test('is counted as if the orders were still there until it is proven that they are not', () => {
    const scene = new Scene().start();
    scene.venue.muteOrders = true;
    scene.venue.trigger(G1);
    scene.bot.settle();
    expect(scene.bot.engine.state.orders.exposure(M, 'bid')).toBe(parseQuantity('10'));
    scene.pass(seconds(3));
    expect(scene.bot.engine.state.orders.exposure(M, 'bid')).toBe(0);
  });

  test('that comes again and again holds the shard until a person resumes', () => {
    const scene = new Scene().start();
    for (let i = 0; i < 3; i++) {
      scene.venue.trigger(G1);
      scene.pass(seconds(17));
    }
    scene.pass(seconds(60));
    expect(scene.says('GROUP_HELD')).toBe(1);
    expect(scene.quotes).toEqual([NONE, QUOTES]);
    expect(scene.bot.lastDecision(0)?.noBid?.code).toBe('group-held');
    scene.control('resume').pass(seconds(1));
    expect(scene.quotes).toEqual([QUOTES, QUOTES]);
  });

  test('a reset that is refused is tried again', () => {
    const scene = new Scene().start();
    scene.venue.mishaps.push({ kind: 'reset', how: 'refused' }, { kind: 'reset', how: 'unknown' });
    scene.venue.trigger(G1);
    scene.pass(seconds(20));
    expect(scene.quotes).toEqual([QUOTES, QUOTES]);
  });
});

describe('kill', () => {
  test('is one call per shard; nothing new leaves, nothing is cancelled one by one, and a second press changes nothing', () => {
    const scene = new Scene().start();
    const before = scene.venue.commands.length;
    scene.control('kill');
    expect(scene.asked(3)).toEqual(['trigger g1', 'trigger g2']);
    expect(scene.venue.orders.size).toBe(0);
    const step = scene.bot.steps.find(({ event }) => event.type === 'control');
    const acted = step?.actions.map((action) => action.type).filter((type) => type !== 'say' && type !== 'decision');
    expect(acted?.slice(0, 3)).toEqual(['halt', 'group-call', 'group-call']);
    scene.control('kill').pass(seconds(3));
    expect(scene.venue.commands.slice(before)).toEqual([]);
    expect(scene.asked(3)).toEqual(['trigger g1', 'trigger g2']);
    expect([scene.bot.halts.length, scene.bot.stopped]).toEqual([1, { type: 'stopped', left: 0 }]);
  });

  test('keeps out what was on its way', () => {
    const scene = new Scene({ markets: [market()] }).start();
    scene.venue.held = [];
    scene.bot.book(0, [[46, 100]], [[58, 100]]);
    expect(scene.venue.held.length).toBeGreaterThan(0);
    scene.control('kill');
    scene.venue.release();
    scene.pass(seconds(3));
    expect(scene.venue.orders.size).toBe(0);
    expect(scene.bot.stopped).toEqual({ type: 'stopped', left: 0 });
  });

  test.each(['refused', 'unknown', 'missing'] as const)('a trigger that is %s leaves the orders to single cancels at once', (how) => {
    const scene = new Scene({ markets: [market()] }).start();
    scene.venue.mishaps.push({ kind: 'trigger', how });
    const killedAt = scene.bot.now;
    scene.control('kill');
    scene.pass(millis(200));
    const cancels = scene.venue.commands.filter(({ command }) => command.type === 'cancel');
    expect(cancels.map(({ at }) => at - killedAt <= 100_000)).toEqual([true, true]);
    expect(scene.venue.orders.size).toBe(0);
    expect(scene.pass(seconds(3)).bot.stopped).toEqual({ type: 'stopped', left: 0 });
  });

  test('where the trigger is answered and the orders stay, they are cancelled one by one after a second', () => {
    const scene = new Scene({ markets: [market()] }).start();
    const [of] = scene.venue.made;
    if (of === undefined) throw new Error('expected a group');
    of.active = false;
    scene.control('kill');
    expect(scene.venue.orders.size).toBe(2);
    scene.pass(seconds(1.3));
    expect(scene.venue.orders.size).toBe(0);
  });

  test('after a crash during the kill the latch is found: everything is swept again and nothing quoted', () => {
    const known = [{ group: orderGroupId('old0'), shard: 0, limit: RISK.fillBurstMax }];
    const scene = new Scene({
      markets: [market()],
      parts: { knownGroups: known, killedBefore: 'person: strange fills' },
      found: [{ group: 'old0', shard: 0, active: true }],
    });
    const left = { orderId: 'v1', clientId: 'kmm-old-1', market: M, side: 'bid', price: 4800, initial: 1000, filled: 0, remaining: 1000 };
    scene.venue.orders.set('kmm-old-1' as never, { ...left, status: 'resting', expiresAt: null, group: 'old0' } as never);
    scene.control('stop');
    scene.start().pass(seconds(3));
    expect(scene.venue.orders.size).toBe(0);
    expect(scene.asked()).toEqual(['trigger old0']);
    expect(scene.venue.commands).toEqual([]);
    expect(scene.bot.stopped).toEqual({ type: 'stopped', left: 0 });
  });

  test('a loss limit that is reached in mid-step takes back what the same step had decided', () => {
    const markets = [market({ ticker: ticker('KXA-1') }), market({ ticker: ticker('KXB-1') })];
    const scene = new Scene({ markets, parts: { risk: { ...RISK, lossMaxSession: 1_000_000 as never } } }).start();
    const bid = [...scene.venue.orders.values()].find((order) => order.market === 1 && order.side === 'bid');
    if (bid === undefined) throw new Error('expected a bid');
    scene.venue.fill(bid);
    scene.bot.settle();
    const before = scene.venue.commands.length;
    // Both books move at once: the first market is decided and would be quoted anew, the second one's mark brings the loss.
    const { now } = scene.bot;
    const snapshot = (index: number, bids: number, asks: number) =>
      ({
        type: 'book-snapshot',
        at: now,
        market: marketIndex(index),
        bids: [{ price: (bids * 100) as never, quantity: quantity(10_000) }],
        asks: [{ price: (asks * 100) as never, quantity: quantity(10_000) }],
        exchangeAt: now,
      }) as const;
    scene.bot
      .give(snapshot(0, 50, 60))
      .give(snapshot(1, 10, 20))
      .settle();
    expect(scene.bot.halts).toMatchObject([{ code: 'loss-session' }]);
    expect(scene.venue.commands.slice(before).filter(({ command }) => command.type === 'place' || command.type === 'amend')).toEqual([]);
    const halting = scene.bot.steps.find(({ actions }) => actions.some((action) => action.type === 'halt'));
    expect(halting?.actions.some((action) => action.type === 'decision' && action.market === 0 && action.cause === 'quote')).toBe(true);
    expect(scene.pass(seconds(3)).bot.stopped).toEqual({ type: 'stopped', left: 0 });
  });
});

describe('stop', () => {
  test('takes the same short way, and the groups stay shut behind it', () => {
    const scene = new Scene().start();
    scene.control('stop').pass(seconds(2));
    expect(scene.asked(3)).toEqual(['trigger g1', 'trigger g2']);
    expect(scene.venue.made.map((each) => each.active)).toEqual([false, false]);
    expect(scene.bot.stopped).toEqual({ type: 'stopped', left: 0 });
  });
});

describe('a lost stream', () => {
  test('a few orders are cancelled one by one, since that is cheaper than a trigger and a reset', () => {
    const scene = new Scene().start();
    scene.bot.give({ type: 'feed-down', at: scene.bot.now, reason: 'test' }).settle();
    expect([scene.venue.orders.size, scene.asked(3)]).toEqual([0, []]);
  });

  test('many go with their group, and it is reset before anything is quoted again', () => {
    const markets = Array.from({ length: 8 }, (_, i) => market({ ticker: ticker(`KXA-${i}`) }));
    const scene = new Scene({ markets }).start().pass(seconds(2));
    expect(scene.venue.orders.size).toBe(16);
    scene.bot.give({ type: 'feed-down', at: scene.bot.now, reason: 'test' }).settle();
    expect([scene.venue.orders.size, scene.asked(2)]).toEqual([0, ['trigger g1']]);
    scene.bot.start().pass(seconds(3));
    expect(scene.asked(2).slice(0, 2)).toEqual(['trigger g1', 'reset g1']);
    expect(scene.venue.orders.size).toBe(16);
  });
});

describe('rolling expiries', () => {
  const renewals = (scene: Scene) => scene.venue.commands.filter(({ command }) => command.type === 'amend');
  const many = Array.from({ length: 20 }, (_, i) => market({ ticker: ticker(`KXA-${i}`) }));

  test('an order is never lost to its expiry while the bot lives, and a dead bot’s orders are gone within the life', () => {
    const scene = new Scene({ markets: [market()] }).start();
    scene.pass(seconds(150));
    expect(scene.quotes).toEqual([QUOTES]);
    expect(scene.venue.commands.filter(({ command }) => command.type === 'place')).toHaveLength(2);
    const dead = later(scene.bot.now, seconds(60));
    for (const order of scene.venue.orders.values()) expect(Number(order.expiresAt)).toBeLessThanOrEqual(dead);
  });

  test('renewals keep price and size, and are spread over time', () => {
    const scene = new Scene({ markets: many }).start();
    scene.pass(seconds(90));
    const all = renewals(scene);
    expect(all.length).toBeGreaterThan(60);
    expect(new Set(all.map(({ command }) => ('price' in command ? command.price : 0)))).toEqual(new Set([4800, 5200]));
    const perTick = new Map<number, number>();
    for (const { at } of all) perTick.set(at, (perTick.get(at) ?? 0) + 1);
    expect(Math.max(...perTick.values())).toBeLessThanOrEqual(2);
  });

  test('an order that has lapsed because its renewal came too late is quoted anew', () => {
    const scene = new Scene({ markets: [market()] }).start();
    scene.venue.deaf = true;
    scene.pass(seconds(59));
    scene.venue.deaf = false;
    scene.pass(seconds(15));
    expect(scene.quotes).toEqual([QUOTES]);
    expect(scene.venue.orders.size).toBe(2);
  });

  test('one that lapsed unheard is found out by a reading, and quoted anew', () => {
    const scene = new Scene({
      markets: [market()],
      parts: { engine: { ...new TestBot().engine.state.settings, reconcileEvery: seconds(0) } },
    });
    scene.start();
    scene.venue.muteOrders = true;
    const bid = [...scene.venue.orders.values()].find((order) => order.side === 'bid');
    if (bid === undefined) throw new Error('expected a bid');
    scene.venue.end(bid, 'ExpiryCancel');
    // Its renewal is refused, since it is gone, and a reading proves it.
    scene.pass(seconds(80));
    expect(scene.venue.orders.size).toBe(2);
    expect(scene.quotes).toEqual([QUOTES]);
  });

  test('orders end early by an exchange whose clock is ahead of ours, never late, and are renewed all the same', () => {
    const scene = new Scene({ markets: [market()] });
    scene.venue.clockAhead = 4_000_000;
    scene.start();
    const ahead = (span: DurationUs): void => {
      for (let left = span; left > 0; left = (left - 1_000_000) as DurationUs) {
        scene.bot.give({
          type: 'trade',
          at: scene.bot.now,
          market: M,
          takerSide: 'bid',
          price: 9900 as never,
          quantity: quantity(1),
          exchangeAt: later(scene.bot.now, seconds(4)),
        });
        scene.pass(seconds(1));
      }
    };
    ahead(seconds(130));
    expect(scene.quotes).toEqual([QUOTES]);
    expect(scene.venue.commands.filter(({ command }) => command.type === 'place')).toHaveLength(2);
    for (const order of scene.venue.orders.values()) expect(Number(order.expiresAt)).toBeGreaterThan(scene.bot.now + 4_000_000);
  });

  test('a budget that cannot pay for all makes lives longer, says so once with figures, and shortens them again', () => {
    const scene = new Scene({ markets: many }).start();
    const budget = { type: 'write-budget', capacity: 100, createCost: 10, amendCost: 10, cancelCost: 2 } as const;
    scene.bot.give({ ...budget, at: scene.bot.now, refillPerSecond: 20 }).settle();
    scene.pass(seconds(120));
    const longer = scene.bot.said.filter((say) => say.code === 'EXPIRY_LENGTHENED');
    expect(longer).toHaveLength(1);
    expect(longer[0]?.text).toMatch(/would take 13 tokens per second, and renewals may use 6: orders there now expire 100 s/);
    const longest = Math.max(...[...scene.venue.orders.values()].map((order) => Number(order.expiresAt) - scene.bot.now));
    expect(longest).toBeGreaterThan(60_000_000);
    scene.bot.give({ ...budget, at: scene.bot.now, refillPerSecond: 400 }).settle();
    scene.pass(seconds(1));
    expect(scene.says('EXPIRY_USUAL')).toBe(1);
  });

  test('turned off, orders rest without an end', () => {
    const scene = new Scene({ markets: [market()], parts: { execution: { ...EXECUTION, orderLife: null } } }).start();
    scene.pass(seconds(90));
    expect([...scene.venue.orders.values()].map((order) => order.expiresAt)).toEqual([null, null]);
    expect(renewals(scene)).toEqual([]);
  });
});
