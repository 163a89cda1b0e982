/** The way between client and matching engine: how long it takes, and whether a message arrives at all. The one seam for delays and losses. */
import { drawDelay, type LatencySettings } from './latency.js';

export interface Passage {
  readonly kind: 'public-read' | 'private-read' | 'write';
  readonly operation: string;
}

/** Milliseconds on the way, or `lost`: a lost request never reaches the engine, a lost answer was carried out but is never heard; its connection is cut. */
export type Fate = number | 'lost';

export interface Transit {
  request(passage: Passage): Fate;
  answer(passage: Passage): Fate;
  /** Of the stream frames of one moment; frames of one connection keep their order, and none is lost while the connection stands. */
  frame(): number;
}

/** Delays drawn from settings; nothing is lost. A request and its answer share the delay evenly. */
export class DelayTransit implements Transit {
  constructor(
    private readonly settings: LatencySettings,
    private readonly uniform: () => number,
  ) {}

  request({ kind }: Passage): Fate {
    return this.#half(kind);
  }
  answer({ kind }: Passage): Fate {
    return this.#half(kind);
  }
  frame(): number {
    return drawDelay(this.settings.stream, this.uniform);
  }

  #half(kind: Passage['kind']): number {
    switch (kind) {
      case 'public-read':
        return drawDelay(this.settings.publicRead, this.uniform) / 2;
      case 'private-read':
        return drawDelay(this.settings.privateRead, this.uniform) / 2;
      case 'write':
        return drawDelay(this.settings.write, this.uniform) / 2;
    }
  }
}
