/** What an engine is made of, taken from the settings. */
import type { Settings } from '../config/settings.js';
import type { KnownGroup } from '../engine/order-groups.js';
import type { EngineRecipe } from './engine-recipe.js';

/** @param knownGroups order groups that earlier runs have left; a paper venue has none and needs none */
export const recipeOf = (
  settings: Settings,
  run: string,
  killedBefore: string | null,
  bookHasOwnOrders: boolean,
  knownGroups: readonly KnownGroup[] = [],
): EngineRecipe => ({
  run,
  engine: settings.engine,
  execution: settings.execution,
  risk: settings.risk,
  estimators: settings.estimators,
  protection: bookHasOwnOrders ? settings.protection : { ...settings.protection, groups: null },
  knownGroups,
  signals: {
    ageMax: settings.alpha.ageMax,
    shiftMax: settings.alpha.shiftMax,
    fade: settings.alpha.fade,
    totalMax: settings.alpha.totalMax,
    sources: settings.alpha.sources,
  },
  ...(settings.indices.mappings.length === 0 ? {} : { indices: settings.indices }),
  strategy: settings.strategy,
  bookHasOwnOrders,
  killedBefore,
});

/** The run's part of client ids on paper: from the seed alone, so that the same seed gives the same ids. */
export const paperRunId = (seed: string): string => `p${Buffer.from(seed).toString('hex')}`;
