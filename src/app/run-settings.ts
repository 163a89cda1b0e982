/** What an engine is made of, taken from the settings. */
import type { Settings } from '../config/settings.js';
import type { EngineRecipe } from './engine-recipe.js';

export const recipeOf = (settings: Settings, run: string, killedBefore: string | null, bookHasOwnOrders: boolean): EngineRecipe => ({
  run,
  engine: settings.engine,
  execution: settings.execution,
  risk: settings.risk,
  volatility: settings.volatility,
  signals: { ageMax: settings.alpha.ageMax, shiftMax: settings.alpha.shiftMax },
  strategy: settings.strategy,
  bookHasOwnOrders,
  killedBefore,
});
