/** The image by its recipe: what it is made from, what gets in, who runs it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Step {
  readonly word: string;
  readonly rest: string;
}

/** The steps of each stage, comments gone and continued lines joined. */
const stages: readonly (readonly Step[])[] = (() => {
  const lines = readFileSync('Dockerfile', 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const found: Step[][] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (word === 'FROM') found.push([]);
    found.at(-1)?.push({ word, rest });
  }
  return found;
})();
const steps = stages.flat();
const last = stages.at(-1) ?? [];
const of = (word: string, among: readonly Step[] = steps): string[] => among.filter((step) => step.word === word).map(({ rest }) => rest);

const IGNORE = readFileSync('.dockerignore', 'utf8').split('\n');

test('the recipe is read at all, and has stages', () => {
  expect(stages.length).toBeGreaterThan(1);
  expect(steps.every(({ word }) => /^[A-Z]+$/.test(word))).toBe(true);
});

describe('what the image is made from', () => {
  test('is one base, by exact version or digest, that the program accepts', () => {
    const bases = new Set(of('FROM').map((rest) => rest.split(/ as /i)[0]));
    expect(bases.size).toBe(1);
    const [base = ''] = bases;
    const [, major, minor] = /^node:(\d+)\.(\d+)\.\d+-[a-z]+-slim(?:@sha256:[0-9a-f]{64})?$/.exec(base) ?? [];
    expect([Number(major), Number(minor) >= 19]).toEqual([20, true]);
  });

  test('is fetched from nowhere else', () => {
    expect(of('ADD')).toEqual([]);
    expect(of('RUN').filter((command) => /curl|wget|git clone|https?:|apt|npm (install|i)\b/.test(command))).toEqual([]);
  });

  test('has the packages of the lock file, without scripts, and only production ones in the end', () => {
    const installs = of('RUN').filter((command) => command.includes('npm ci'));
    expect(installs).toEqual(['npm ci --ignore-scripts', 'npm ci --omit=dev --ignore-scripts']);
    const modules = of('COPY', last).find((rest) => rest.includes('node_modules')) ?? '';
    const stage = /^--from=(\w+) /.exec(modules)?.[1] ?? '';
    const from = stages.find(([first]) => first?.rest.endsWith(`AS ${stage}`)) ?? [];
    expect(of('RUN', from)).toEqual(['npm ci --omit=dev --ignore-scripts']);
  });
});

describe('what gets in', () => {
  const copied = of('COPY')
    .filter((rest) => !rest.startsWith('--from='))
    .flatMap((rest) => rest.split(/\s+/).slice(0, -1));

  test('is named one by one, exists, and is let through by .dockerignore', () => {
    expect(copied.length).toBeGreaterThan(6);
    expect(copied.filter((path) => !existsSync(path) || !IGNORE.includes(`!${path}`))).toEqual([]);
    expect(IGNORE.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
  });

  test('lets nothing through that is not copied, and no key', () => {
    const let_through = IGNORE.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(let_through.filter((path) => !copied.includes(path))).toEqual([]);
    for (const pattern of ['**/*.pem', '**/*.key', '**/config.yaml'])
      expect(IGNORE.indexOf(pattern)).toBeGreaterThan(IGNORE.lastIndexOf('!src'));
    expect(
      let_through.filter((path) => path !== '.npmrc' && statSync(path).isFile() && /PRIVATE KEY/.test(readFileSync(path, 'utf8'))),
    ).toEqual([]);
  });

  test('is no secret in a variable or an argument', () => {
    expect([...of('ENV'), ...of('ARG')]).toEqual(['NODE_ENV=production']);
    expect(readFileSync('Dockerfile', 'utf8')).not.toMatch(/passphrase|token|secret|BEGIN/i);
  });
});

describe('who runs it', () => {
  test('is no root, by number, from before the entry point on', () => {
    expect(of('USER', last)).toEqual(['1000:1000']);
    const order = last.map(({ word }) => word);
    expect(order.indexOf('USER')).toBeLessThan(order.indexOf('ENTRYPOINT'));
    expect(order.slice(order.indexOf('USER')).filter((word) => ['RUN', 'COPY', 'ADD'].includes(word))).toEqual([]);
  });

  test('writes to one volume only, so that the root file system may be read-only', () => {
    expect(of('VOLUME', last)).toEqual(['/data']);
    expect(of('RUN', last).join(' ')).toContain('install -d -m 0700 -o node -g node /data');
    expect(JSON.parse(of('CMD', last)[0] ?? '[]')).toEqual(['start', '--out', '/data/runs']);
  });

  test('is started without a shell, so that the stop signal arrives', () => {
    expect(JSON.parse(of('ENTRYPOINT', last)[0] ?? '[]')).toEqual(['node', '/app/dist/main.js']);
    expect(of('STOPSIGNAL', last)).toEqual(['SIGTERM']);
  });

  test('is asked for its health by a program of the image', () => {
    const [check = ''] = of('HEALTHCHECK', last);
    const command = JSON.parse(/CMD (\[.*\])$/.exec(check)?.[1] ?? '[]') as string[];
    expect(command).toEqual(['node', '/app/packaging/healthcheck.mjs', '/data/runs']);
    expect(of('COPY', last)).toContain('packaging/healthcheck.mjs ./packaging/healthcheck.mjs');
  });
});
