/** The tests of one room, for mutants and for line coverage. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BaseSequencer } from 'vitest/node';
import { chosen, outputOf, ROOMS } from './rooms.mjs';

const room = chosen();

/** Properties take longest and mostly notice what a table has noticed before: a mutant meets the tables first, small files before large ones. */
class TablesFirst extends BaseSequencer {
  sort(files) {
    const weight = ({ moduleId }) =>
      statSync(moduleId).size + (/propert|any-order|renewals|reader|forged|durability/.test(moduleId) ? 1e9 : 0);
    return files.toSorted((a, b) => weight(a) - weight(b));
  }
}

export default {
  resolve: { alias: { 'fast-check': resolve('scripts/mutation/fast-check.mjs') } },
  test: {
    include: ROOMS[room].tests,
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 30_000,
    sequence: { sequencer: TablesFirst },
    coverage: {
      provider: 'custom',
      customProviderModule: resolve('scripts/mutation/coverage.mjs'),
      include: ROOMS[room].sources,
      reporter: ['json-summary', 'text'],
      reportsDirectory: `${outputOf(room)}/coverage`,
    },
  },
};
