/** Puts the planted bug that the environment names into its place, for this thread and those it starts. */
import { register } from 'node:module';
import { BUGS } from './bugs.js';

const bug = BUGS.find((each) => each.name === process.env['KMM_PLANTED_BUG']);
if (bug !== undefined) {
  const root = new URL('../../../', import.meta.url);
  register('./hooks.js', {
    parentURL: import.meta.url,
    data: { original: new URL(`${bug.replaces}.js`, root).href, planted: new URL(`./${bug.name}.js`, import.meta.url).href },
  });
}
