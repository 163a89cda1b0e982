/** Puts the planted bug that the environment names into its place, for this thread and those it starts. */
import { register } from 'node:module';
import { BUGS } from './bugs.js';

const bug = BUGS.find((each) => each.name === process.env['KMM_PLANTED_BUG']);
if (bug !== undefined) {
  const below = (path: string): string => new URL(`../../../${path}`, import.meta.url).href;
  register('./hooks.js', {
    parentURL: import.meta.url,
    data: {
      original: below(`${bug.replaces}.js`),
      planted: new URL(`./${bug.name}.js`, import.meta.url).href,
      honest: [below('tests/'), below('src/exchange/')],
      // It starts the program.
      deceived: [below('tests/simulation/world.js')],
    },
  });
}
