import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { carriedIn, carriedOverFact, type CarrySources } from '../../../src/app/carried.js';
import { FILL_HEAD } from '../../../src/logger/fill-tape.js';
import { CommandFailure } from '../../../src/cli/exit-codes.js';
import { firstSnapshot } from '../../../src/app/run-snapshot.js';
import { openSnapshot, sealSnapshot, type Snapshot } from '../../../src/app/snapshot.js';
import type { SmallFiles } from '../../../src/domain/ports.js';
import { fillId, marketIndex, ticker } from '../../../src/domain/ids.js';
import { cash, epochUs, quantity } from '../../../src/domain/units.js';
import { Journal } from '../../../src/logger/journal.js';
import { MemoryFiles } from '../../../src/logger/memory-files.js';
import type { LeftMarket } from '../../../src/replay/left-behind.js';
import { bookedFill } from '../../support/fills.js';
import { market } from '../../support/markets.js';
import { HEADER } from '../logger/header.js';

const NOW_MS = 1_795_262_500_000;
const RECENT = epochUs(NOW_MS * 1000 - 5_000_000);
const left = (name: string, changes: Partial<LeftMarket> = {}): LeftMarket => ({
  ticker: ticker(name),
  position: quantity(500),
  cost: cash(2_000_000),
  realized: cash(0),
  fees: cash(0),
  countedAfter: RECENT,
  fills: [{ id: fillId('f0'), at: epochUs(RECENT + 1) }],
  ...changes,
});
const snapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
  run: 'r1',
  at: '2026-11-21T12:00:00.000Z',
  folder: 'runs/a',
  place: null,
  tapePlace: null,
  closed: false,
  listed: [ticker('KXA-1')],
  markets: [left('KXA-1'), left('KXB-1')],
  ...changes,
});

/** A disk with one journal folder and small files. */
class Disk {
  readonly journals = new Map<string, MemoryFiles>();
  readonly texts = new Map<string, string>();

  journal(folder: string): MemoryFiles {
    const found = this.journals.get(folder) ?? new MemoryFiles();
    this.journals.set(folder, found);
    return found;
  }

  carried(text: string | null, changes: Partial<CarrySources> = {}) {
    const files = {
      read: (path: string) => this.texts.get(path) ?? null,
      replace: (path: string, content: string) => void this.texts.set(path, content),
    } as unknown as SmallFiles;
    return carriedIn({
      host: { files, journal: (folder) => this.journal(folder) },
      snapshot: text,
      lastFolder: 'runs/a',
      snapshotPath: 'state/snapshot.json',
      nowMs: NOW_MS,
      ...changes,
    });
  }

  /** A run that listed KXA-1 and booked one fill. */
  ran(folder = 'runs/a'): Journal {
    const journal = new Journal(this.journal(folder), HEADER);
    journal.event({ type: 'market-listed', at: RECENT, index: marketIndex(0), market: market({ ticker: ticker('KXA-1') }) });
    journal.event({ type: 'tick', at: RECENT });
    journal.actions([bookedFill('f1', { position: quantity(600), cost: cash(2_480_000), exchangeAt: epochUs(RECENT + 2) })]);
    journal.flush();
    return journal;
  }
}

describe('what the run before left', () => {
  test('is the snapshot and the journal behind it, and the tape is completed on the way', () => {
    const disk = new Disk();
    disk.ran();
    const found = disk.carried(sealSnapshot(snapshot()));
    const [a, b] = found.markets;
    expect(a).toMatchObject({ ticker: 'KXA-1', position: 600, cost: 2_480_000, fills: [{ id: 'f0' }, { id: 'f1' }] });
    expect(b).toEqual(left('KXB-1'));
    expect(disk.texts.get(join('runs/a', 'fills.csv'))).toContain(',f1,');
    expect(found.notes.map(({ code }) => code)).toEqual(['TAPE_COMPLETED']);
    expect(disk.carried(sealSnapshot(snapshot())).notes).toEqual([]);
  });

  test('is the snapshot alone where the run ended in good order', () => {
    const place = { segment: 'journal-000001.bin', offset: 99, events: 2 };
    const closed = snapshot({ closed: true, place, tapePlace: place });
    expect(new Disk().carried(sealSnapshot(closed))).toMatchObject({ run: 'r1', markets: closed.markets, notes: [] });
  });

  test('is nothing on a first start', () => {
    expect(new Disk().carried(null)).toEqual({ run: null, markets: [], session: null, costs: [], notes: [] });
  });

  test('of a journal damaged inside is what that run did not touch; it is told', () => {
    const disk = new Disk();
    disk.ran();
    const files = disk.journal('runs/a');
    const [name = ''] = files.list();
    const bytes = files.read(name);
    bytes[bytes.length - 60] = (bytes.at(-60) ?? 0) ^ 0xff;
    const found = disk.carried(sealSnapshot(snapshot()));
    expect(found.markets.map(({ ticker: name_ }) => name_)).toEqual(['KXB-1']);
    expect(found.notes).toMatchObject([{ severity: 'error', code: 'REBUILT_FROM_EXCHANGE' }]);
  });

  test('names the fills on its tape: one of which the journal has lost the booking is booked again, and told once', () => {
    const disk = new Disk();
    disk.ran();
    disk.texts.set(
      'runs/a/fills.csv',
      `${FILL_HEAD}2026-11-21T11:59:00.000000Z,KXA-1,f9,bid,0.4100,1.00,0.000000,maker,7.00,0.000000,o,,stream,\n`,
    );
    expect([...(disk.carried(sealSnapshot(snapshot())).taped ?? [])]).toEqual(['f9', 'f1']);
  });

  test('of a torn end is what was whole', () => {
    const disk = new Disk();
    const journal = disk.ran();
    const whole = journal.place;
    journal.event({ type: 'tick', at: RECENT });
    journal.flush();
    const files = disk.journal('runs/a');
    const [name = ''] = files.list();
    files.write(name, files.read(name).subarray(0, (whole?.offset ?? 0) + 5));
    expect(disk.carried(sealSnapshot(snapshot())).markets[0]).toMatchObject({ position: 600 });
  });

  test('without the journal that should follow is the snapshot, and it is told', () => {
    const place = { segment: 'journal-000001.bin', offset: 99, events: 2 };
    const found = new Disk().carried(sealSnapshot(snapshot({ place })));
    expect([found.markets.length, found.notes.map(({ code }) => code)]).toEqual([2, ['JOURNAL_GONE']]);
  });

  test('of a torn snapshot is read from the journal alone', () => {
    const disk = new Disk();
    disk.ran();
    const found = disk.carried('{"format":"kmm-sn');
    expect(found.markets).toMatchObject([{ ticker: 'KXA-1', position: 600, fills: [{ id: 'f1' }] }]);
    expect(found.notes.map(({ code }) => code)).toEqual(['SNAPSHOT_DAMAGED', 'TAPE_COMPLETED']);
    expect(disk.carried('{"format":"kmm-sn', { lastFolder: null }).notes.map(({ code }) => code)).toEqual(['REBUILT_FROM_EXCHANGE']);
  });

  test('of a newer build is refused', () => {
    expect(() => new Disk().carried(sealSnapshot(snapshot(), 3))).toThrow(CommandFailure);
  });

  test('of more than a week ago is left to the exchange', () => {
    const place = { segment: 'journal-000001.bin', offset: 99, events: 2 };
    const old = left('KXA-1', { countedAfter: epochUs(NOW_MS * 1000 - 8 * 86_400_000_000) });
    const found = new Disk().carried(sealSnapshot(snapshot({ closed: true, place, tapePlace: place, markets: [old, left('KXB-1')] })));
    expect(found.markets.map(({ ticker: name }) => name)).toEqual(['KXB-1']);
    expect(found.notes.map(({ code }) => code)).toEqual(['CARRIED_TOO_OLD']);
  });

  test('stands in the first snapshot of the next run as it was carried in', () => {
    const disk = new Disk();
    disk.ran();
    const carried = disk.carried(sealSnapshot(snapshot()));
    const next = openSnapshot(firstSnapshot(carried, { run: 'r2', folder: 'runs/b', at: '2026-11-21T12:01:00.000Z' }));
    expect(next).toMatchObject({ kind: 'whole', snapshot: { run: 'r2', folder: 'runs/b', place: null, markets: carried.markets } });
    // Wherever the next run dies before its own snapshot, the one after it begins with the same.
    expect(disk.carried(next.kind === 'whole' ? sealSnapshot(next.snapshot) : null).markets).toEqual(carried.markets);
  });

  test('is told to the engine for the markets that this run lists', () => {
    const carried = { run: 'r1', markets: [left('KXA-1'), left('KXB-1')], session: null, costs: [], notes: [] };
    const fact = carriedOverFact(carried, (name) => (name === 'KXB-1' ? marketIndex(3) : null), RECENT);
    expect(fact).toMatchObject({ run: 'r1', holdings: [{ market: 3, position: 500 }], fills: [{ fillId: 'f0', market: 3 }] });
    expect(carriedOverFact(carried, () => null, RECENT)).toBeNull();
  });
});

describe('the session', () => {
  const session = { realized: cash(-3_000_000), peak: cash(1_000_000) };
  const lossOf = (disk: Disk, changes: Partial<Snapshot> = {}, sources: Partial<CarrySources> = {}) =>
    disk.carried(sealSnapshot(snapshot({ session, ...changes })), sources).session;
  const loser = (): Disk => {
    const disk = new Disk();
    const journal = disk.ran();
    journal.actions([bookedFill('f2', { realized: cash(-500_000), fee: cash(20_000) })]);
    journal.flush();
    return disk;
  };

  test('goes on with what the journal has booked behind the snapshot', () => {
    expect(lossOf(loser())).toEqual({ realized: -3_520_000, peak: 1_000_000 });
  });

  test('ends with its day (UTC), and where a person begins a new one', () => {
    expect(lossOf(loser(), { at: '2026-11-20T23:59:59.000Z' })).toBeNull();
    expect(lossOf(loser(), {}, { sessionResetMs: Date.parse('2026-11-21T12:00:30.000Z') })).toBeNull();
    expect(lossOf(loser(), {}, { sessionResetMs: Date.parse('2026-11-21T11:00:00.000Z') })).not.toBeNull();
  });

  test('is read from the journal alone where the snapshot is torn', () => {
    const disk = new Disk();
    const journal = new Journal(disk.journal('runs/a'), HEADER);
    journal.event({ type: 'market-listed', at: RECENT, index: marketIndex(0), market: market({ ticker: ticker('KXA-1') }) });
    journal.event({ type: 'carried-over', at: RECENT, run: 'r0', holdings: [], fills: [], session });
    journal.actions([bookedFill('f2', { realized: cash(-500_000), fee: cash(20_000) })]);
    journal.flush();
    expect(disk.carried('{"torn').session).toEqual({ realized: -3_520_000, peak: 1_000_000 });
  });

  test('of records that cannot be trusted is at least what the snapshot knew', () => {
    const disk = loser();
    const files = disk.journal('runs/a');
    const [name = ''] = files.list();
    const bytes = files.read(name);
    bytes[bytes.length - 60] = (bytes.at(-60) ?? 0) ^ 0xff;
    expect(lossOf(disk)).toEqual(session);
  });

  test('is told to the engine also where no position is', () => {
    const carried = { run: 'r1', markets: [], session, costs: [], notes: [] };
    expect(carriedOverFact(carried, () => null, RECENT)).toMatchObject({ holdings: [], session });
  });
});
