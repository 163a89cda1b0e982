/** The tools for mutation scores are no part of the project, and still held to its rules for what others wrote. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const own = read('scripts/mutation/package.json') as { readonly devDependencies: Record<string, string>; readonly scripts?: object };
const project = read('package.json') as { readonly devDependencies: Record<string, string> };
const { packages } = read('scripts/mutation/package-lock.json') as {
  readonly packages: Record<string, Entry & { readonly devDependencies?: object }>;
};
const entries = Object.entries(packages).filter(([path]) => path !== '');

describe('the tools for mutation scores', () => {
  test('are exact versions, and those of the lock file', () => {
    for (const version of Object.values(own.devDependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(packages['']?.devDependencies).toEqual(own.devDependencies);
    expect(entries.length).toBeGreaterThan(100);
  });

  test('are hashed, from the public registry, and run nothing when they are installed', () => {
    const wrong = entries.filter(
      ([, { integrity, resolved, link, hasInstallScript }]) =>
        integrity?.startsWith('sha512-') !== true || resolved !== undefined || link === true || hasInstallScript === true,
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
    expect(own.scripts).toBeUndefined();
    expect(readFileSync('scripts/mutation/.npmrc', 'utf8')).toContain(readFileSync('.npmrc', 'utf8'));
  });

  test('bring no second vitest, and fit the one of the project', () => {
    expect(entries.filter(([path]) => /node_modules\/(vitest|vite|typescript|esbuild)$/.test(path))).toEqual([]);
    expect(own.devDependencies['@vitest/coverage-v8']).toBe(project.devDependencies['vitest']);
  });
});
