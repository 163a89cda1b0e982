import { join } from 'node:path';
import { chosen, outputOf, ROOMS } from './rooms.mjs';

const room = chosen();

export default {
  testRunner: 'vitest',
  plugins: [join(import.meta.dirname, 'node_modules/@stryker-mutator/vitest-runner/dist/src/index.js')],
  vitest: { configFile: 'scripts/mutation/vitest.config.mjs' },
  mutate: ROOMS[room].sources,
  // Texts are for people, and codes and tags are checked by the compiler, which does not see mutants.
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  tempDirName: `${outputOf(room)}/sandbox`,
  // A second run looks again only at mutants whose code or tests have changed; without this file it looks at all.
  incremental: true,
  incrementalFile: `${outputOf(room)}/incremental.json`,
  cleanTempDir: 'always',
  ignorePatterns: ['**', '!src/**/*.ts', '!tests/**/*', '!scripts/mutation/*.mjs', '!package.json'],
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `${outputOf(room)}/report.json` },
};
