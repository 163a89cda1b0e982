/** The tests of one room, for mutants and for line coverage. */
import { resolve } from 'node:path';
import { chosen, outputOf, ROOMS } from './rooms.mjs';

const room = chosen();

export default {
  test: {
    include: ROOMS[room].tests,
    setupFiles: ['scripts/mutation/setup.mjs'],
    pool: 'threads',
    maxWorkers: 1,
    coverage: {
      provider: 'custom',
      customProviderModule: resolve('scripts/mutation/coverage.mjs'),
      include: ROOMS[room].sources,
      reporter: ['json-summary', 'text'],
      reportsDirectory: `${outputOf(room)}/coverage`,
    },
  },
};
