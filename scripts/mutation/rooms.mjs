/** The rooms whose tests are tested: what is mutated and counted, and the tests that must notice. A room is judged by its own tests alone. */
const own = (room) => ({ sources: [`src/${room}/*.ts`], tests: [`tests/unit/${room}/**/*.test.ts`] });

export const ROOMS = {
  risk: own('risk'),
  execution: own('execution'),
  orderbook: own('orderbook'),
  journal: {
    sources: ['src/logger/journal*.ts', 'src/logger/{bytes,crc32,durability}.ts'],
    tests: ['tests/unit/logger/{journal*,bytes,crc32,durability}.test.ts'],
  },
};

export const outputOf = (room) => `build/mutation/${room}`;
/** Set by run.mjs for the tools that it starts. */
export const chosen = () => process.env.KMM_MUTATION_ROOM ?? 'risk';
