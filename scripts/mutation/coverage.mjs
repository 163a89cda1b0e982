/** V8 line coverage from this folder's packages. vitest would look for it among its own, and takes a provider from elsewhere only by the name `custom`. */
import v8 from './node_modules/@vitest/coverage-v8/dist/index.js';

export default { ...v8, getProvider: async () => Object.assign(await v8.getProvider(), { name: 'custom' }) };
