/** What a shadow costs the run that it stands beside: what is added to a delta, and how long its own portions keep the thread. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Companion } from '../src/app/bot-run.js';
import { ShadowRun } from '../src/app/shadow-run.js';
import { systemHost } from '../src/app/system-host.js';
import { mergeConfig } from '../src/config/merge.js';
import { toSettings } from '../src/config/to-settings.js';
import type { Timers } from '../src/domain/ports.js';
import { StatusModel } from '../src/screen/status-model.js';
import { scaled, type Bench, type BenchOptions } from './bench.js';
import { Flow } from './flow.js';
import { makeMarkets } from './markets.js';
import { interleave, rowOf, type Timing, type Variant } from './measure.js';
import { Pipeline } from './pipeline.js';
import { ratio } from './report.js';

const MARKETS = 50;
/** Facts of one portion, a delta and the end of its batch each. */
const FRAMES_PER_PORTION = 32;
/** A pass for the mean and one for the single items. */
const PASSES = 2;

export const shadowBench: Bench = {
  name: 'shadow',
  what: `a second set of parameters beside a run, ${MARKETS} markets, one frame at a time`,
  run: async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
    try {
      return await measure(options, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const measure = async (options: BenchOptions, folder: string): ReturnType<Bench['run']> => {
  const flow = new Flow({ markets: makeMarkets(MARKETS), frames: scaled(20_000, options) });
  const shadows: Beside[] = [];
  for (let i = 0; i < options.rounds * PASSES * 2; i++) shadows.push(await Beside.open(join(folder, String(i))));
  const next = (): Beside => shadows.pop() as Beside;
  const opened = [...shadows];
  const variants: Variant[] = [
    { label: 'no shadow', items: flow.length, prepare: () => new Pipeline({ flow }).frame },
    {
      label: 'beside a shadow: what the run waits for',
      items: flow.length,
      prepare: () => {
        const beside = next();
        return new Pipeline({ flow, after: (event) => beside.companion.heard(event) }).frame;
      },
    },
    {
      label: 'the shadow itself: one portion of 64 facts',
      items: Math.floor(flow.length / FRAMES_PER_PORTION),
      prepare: () => {
        const beside = next();
        const pipeline = new Pipeline({ flow, after: (event) => beside.companion.heard(event) });
        for (let i = 0; i < flow.length; i++) pipeline.frame(i);
        return () => beside.turn();
      },
    },
  ];
  const timings = interleave(variants, options.rounds, options.tick);
  for (const beside of opened) await beside.companion.finish();
  const [alone, with_] = timings as [Timing, Timing, Timing];
  return {
    name: 'shadow',
    what: shadowBench.what,
    rows: timings.map((timing) => rowOf(timing)),
    verdicts: [
      { what: 'added to a frame', value: with_.best - alone.best, unit: 'ns', goal: null },
      ratio('frame beside a shadow / without', with_.best / alone.best),
    ],
    notes: [
      'a portion comes in a turn of its own after what was sent has left; a frame that arrives meanwhile waits for one portion at most',
    ],
  };
};

/** A shadow whose turns come when they are asked for. */
class Beside {
  companion!: Companion;
  turn: () => void = () => undefined;

  static async open(folder: string): Promise<Beside> {
    const beside = new Beside();
    const timers: Timers = {
      after: (_span, run) => {
        beside.turn = run;
        return { cancel: () => undefined };
      },
      every: () => ({ cancel: () => undefined }),
      soon: () => undefined,
    };
    const { config } = mergeConfig({ file: null, variables: {}, overrides: [] });
    await ShadowRun.attach(
      {
        id: 'bench',
        folder,
        model: new StatusModel(),
        say: () => undefined,
        accompany: (companion) => void (beside.companion = companion),
      },
      { file: 'bench', settings: toSettings(config), seed: '1', host: systemHost(), timers },
    );
    return beside;
  }
}
