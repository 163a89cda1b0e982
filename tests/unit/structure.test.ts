/** Holds the picture of ARCHITECTURE.md true: rooms import downwards only, pure rooms stay pure, files stay readable. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** What each room may import from the other rooms. A change here is a moved wall: it needs an ADR. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: [],
  orderbook: ['domain'],
  alpha: ['domain'],
  estimators: ['domain'],
  strategy: ['domain'],
  risk: ['domain'],
  execution: ['domain'],
  connector: ['domain'],
  logger: ['domain'],
  config: ['domain'],
  cli: ['domain'],
  screen: ['domain'],
  report: ['domain'],
  engine: ['domain', 'orderbook', 'alpha', 'estimators', 'strategy', 'risk', 'execution'],
  exchange: ['domain'],
  paper: ['domain', 'orderbook'],
  replay: ['domain', 'orderbook', 'engine', 'paper', 'logger', 'connector', 'report'],
  research: ['domain', 'strategy', 'estimators', 'engine', 'exchange', 'paper', 'report', 'orderbook'],
  app: [
    'domain',
    'orderbook',
    'alpha',
    'estimators',
    'strategy',
    'risk',
    'execution',
    'connector',
    'logger',
    'config',
    'cli',
    'screen',
    'report',
    'engine',
    'exchange',
    'paper',
    'replay',
    'research',
    'bench',
  ],
  // Measures every room from outside, and is run by one command.
  bench: [
    'domain',
    'orderbook',
    'alpha',
    'estimators',
    'strategy',
    'risk',
    'execution',
    'connector',
    'logger',
    'config',
    'cli',
    'screen',
    'report',
    'engine',
    'exchange',
    'paper',
    'replay',
    'research',
    'app',
  ],
  'main.ts': ['cli', 'app'],
  'probe.ts': ['cli', 'app'],
};

const PURE = new Set(['domain', 'orderbook', 'estimators', 'strategy', 'risk', 'execution', 'engine', 'paper', 'report']);

/** Names of files that may touch the world (network, files, threads, clocks). */
const TOUCHES_THE_WORLD =
  /^(socket|rest|rest-client|feed|server|worker|worker-client|keys|sign|sign-pool|recorder|recording|system-.*|.*-files?|.*-feed|.*-file|.*-worker|.*-server|decision-hash|logger|tape-ring|journal|ops-log|http-.*|ws-.*|auth)$/;

const walk = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : path.endsWith('.ts') ? [path] : [];
  });

const files = [...walk('src'), ...walk('bench'), ...['main.ts', 'probe.ts'].filter((file) => existsSync(file))];
/** The code without comments: words in prose are free. */
const code = new Map(
  files.map((file) => [
    file,
    readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, ' ')
      .replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')
      // Types and digests touch nothing.
      .replace(
        /^import (type [^;]*|\{ createHash(, type Hash)? \}) from 'node:crypto';|^import type [^;]* from '(undici|ws|node:[a-z/]+)';/gm,
        '',
      ),
  ]),
);

const roomOf = (file: string): string => {
  const parts = file.split('/');
  return parts[0] === 'src' ? (parts[1] ?? '') : (parts[0] ?? '');
};

const importsOf = (file: string): string[] =>
  [...(code.get(file) as string).matchAll(/(?:import|export)\s[^'";]*?from\s*['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]/g)].map(
    (match) => normalize(join(dirname(file), match[1] ?? match[2] ?? '')).replace(/\.js$/, '.ts'),
  );

describe('the house', () => {
  test('every folder is a room of the picture', () => {
    const rooms = new Set(files.map(roomOf));
    expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
    const picture = readFileSync('ARCHITECTURE.md', 'utf8');
    expect([...rooms].filter((room) => !picture.includes(room))).toEqual([]);
  });

  test('rooms import only what the picture allows', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .map(roomOf)
        .filter((room) => room !== roomOf(file) && !MAY_IMPORT[roomOf(file)]?.includes(room))
        .map((room) => `${file} imports ${room}`),
    );
    expect(wrong).toEqual([]);
  });

  test('every relative import leads to a file', () => {
    expect(files.flatMap((file) => importsOf(file).filter((target) => !existsSync(target)))).toEqual([]);
  });

  test('no import circle', () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): string[] => {
      if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' > ')];
      if (done.has(file)) return [];
      const circles = importsOf(file).flatMap((next) => visit(next, [...path, file]));
      done.add(file);
      return circles;
    };
    expect(files.flatMap((file) => visit(file, []))).toEqual([]);
  });

  const WORLD =
    /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bprocess\.|(?<![.#\w])fetch\(|\brandomUUID\b|from\s*['"](node:|ws['"]|undici|pino)/;

  test('pure rooms know no clock, no chance, no file and no socket', () => {
    expect(files.filter((file) => PURE.has(roomOf(file)) && WORLD.test(code.get(file) as string))).toEqual([]);
  });

  test('in the other rooms only files named for it touch the world', () => {
    const adapters = files.filter((file) => !PURE.has(roomOf(file)) && !['app', 'bench', 'main.ts', 'probe.ts'].includes(roomOf(file)));
    const name = (file: string): string => (file.split('/').at(-1) as string).replace(/\.ts$/, '');
    expect(adapters.filter((file) => WORLD.test(code.get(file) as string) && !TOUCHES_THE_WORLD.test(name(file)))).toEqual([]);
  });

  test('a run meets the world only through its host: everything that trades is also simulated', () => {
    const shell =
      /^src\/app\/(commands\/.*|system-.*|process|access|build|config-options|connect-line|console|emergency|latency|playback-world|backtest-(files|pool|worker))\.ts$/;
    const paths = /from\s*['"]node:path['"]/g;
    const app = files.filter((file) => roomOf(file) === 'app' && !shell.test(file));
    expect(app.filter((file) => WORLD.test((code.get(file) as string).replace(paths, '')))).toEqual([]);
  });

  test('the exchange never sees the code that reads its words', () => {
    expect(files.filter((file) => roomOf(file) === 'exchange' && importsOf(file).some((target) => roomOf(target) === 'connector'))).toEqual(
      [],
    );
  });

  test('only risk makes an Approved', () => {
    const makers = files.filter((file) => /\bas Approved</.test(code.get(file) as string));
    expect(makers.filter((file) => roomOf(file) !== 'risk')).toEqual([]);
  });

  test('scales of money and size stand only in units and wire files', () => {
    const literal = /[*/%]\s*(10_000|10000|1_000_000|1e6|1e4)(?![\w.])/;
    const money = new Set(['strategy', 'risk', 'execution', 'engine', 'orderbook', 'paper']);
    expect(files.filter((file) => money.has(roomOf(file)) && literal.test(code.get(file) as string))).toEqual([]);
  });

  test('no file is longer than 700 lines', () => {
    expect(files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 700)).toEqual([]);
  });
});
