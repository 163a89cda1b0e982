/** Strategies by name. A new one adds its settings to `StrategySettings` and a case here; the compiler finds whoever forgets either. */
import type { StrategySettings } from '../domain/settings.js';
import type { Strategy } from '../domain/view.js';
import { AvellanedaStoikov } from './avellaneda-stoikov.js';
import { Bounded } from './bounded.js';
import { EdgeTaker } from './edge-taker.js';
import { Fixed } from './fixed.js';
import { Glft } from './glft.js';
import { Logit } from './logit.js';
import { Symmetric } from './symmetric.js';

/** @throws AssertionFailure for settings that make no sense (a negative spread): the config room refuses those with better words */
export const makeStrategy = (settings: StrategySettings): Strategy => {
  switch (settings.name) {
    case 'bounded':
      return new Bounded(settings);
    case 'glft':
      return new Glft(settings);
    case 'logit':
      return new Logit(settings);
    case 'avellaneda-stoikov':
      return new AvellanedaStoikov(settings);
    case 'symmetric':
      return new Symmetric(settings);
    case 'fixed':
      return new Fixed(settings);
    case 'edge-taker':
      return new EdgeTaker(settings);
  }
};
