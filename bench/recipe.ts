/** The engine as the program makes it by default, with room in the limits, so that quoting and not a limit is what is measured. */
import type { EngineRecipe } from '../src/app/engine-recipe.js';
import { recipeOf } from '../src/app/run-settings.js';
import { mergeConfig } from '../src/config/merge.js';
import { toSettings } from '../src/config/to-settings.js';
import { cash, quantity } from '../src/domain/units.js';

const PLENTY = 1_000_000_000;

export const benchRecipe = (): EngineRecipe => {
  const { config } = mergeConfig({ file: null, variables: {}, overrides: [] });
  const recipe = recipeOf(toSettings(config), 'bench', null, false);
  return {
    ...recipe,
    risk: {
      ...recipe.risk,
      positionMaxPerMarket: quantity(PLENTY),
      positionMaxPerEvent: quantity(PLENTY),
      positionMaxPerAccount: quantity(PLENTY),
      settlementLossMaxPerMarket: cash(PLENTY * 1000),
      settlementLossMaxPerEvent: cash(PLENTY * 1000),
      capitalMax: cash(PLENTY * 1000),
      openOrdersMax: 10_000,
      orderRateMax: 500,
      refusalsMaxPerMinute: 600,
    },
  };
};
