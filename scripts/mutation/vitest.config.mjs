/** The tests of one room, for mutants and for line coverage. */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { BaseSequencer } from 'vitest/node';
import { chosen, outputOf, ROOMS } from './rooms.mjs';

const room = chosen();

/** A mutant meets the tests named after its file first, then small files before large ones, and properties last: they take longest and mostly notice what a table has noticed. */
class NearestFirst extends BaseSequencer {
  sort(files) {
    const mutated = (this.ctx.config.related ?? []).map((path) => basename(path, '.ts'));
    const weight = ({ moduleId }) => {
      const name = basename(moduleId, '.test.ts');
      if (/propert|any-order|renewals|reader|forged/.test(name)) return statSync(moduleId).size + 1e9;
      return mutated.includes(name) ? 0 : statSync(moduleId).size;
    };
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
    sequence: { sequencer: NearestFirst },
    coverage: {
      provider: 'custom',
      customProviderModule: resolve('scripts/mutation/coverage.mjs'),
      include: ROOMS[room].sources,
      reporter: ['json-summary', 'text'],
      reportsDirectory: `${outputOf(room)}/coverage`,
    },
  },
};
