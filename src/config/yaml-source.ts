/** Reads the text of a configuration file into values with their lines. Everything that is wrong with the text is told, not only the first thing. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLParseError,
} from 'yaml';
import { quote } from '../domain/errors.js';
import { nearestName } from '../domain/near-name.js';
import type { ConfigIssue, Origin } from './issue.js';
import { formatOrigin, HIDDEN, showValue, soundsSecret } from './issue.js';
import { NESTING_MAX, nestingOf } from './nesting.js';
import { LEAVES, SECTIONS } from './schema.js';

export interface SourceValue {
  readonly value: unknown;
  readonly origin: Origin;
  /** Where each entry of a list of entries begins. */
  readonly entries?: readonly Origin[];
}

export interface Source {
  readonly values: ReadonlyMap<string, SourceValue>;
  /** Where a section begins, for errors about keys that are missing in it. */
  readonly sections: ReadonlyMap<string, Origin>;
  readonly issues: readonly ConfigIssue[];
}

const TEXT_MAX = 128 * 1024;
/** Beyond this many errors the rest are only counted: no person reads more, and finding near names for all of them takes long. */
const ISSUES_MAX = 100;
/** More than any list of the schema may hold, so that a longer one is still seen to be too long. */
const ITEMS_MAX = 2000;
const DEPTH_MAX = 1;
/** Each is searched for in the whole file. */
const ALIASES_MAX = 50;
/** Stands for what no key can be: an object, so that no rule takes it for a text. */
const MORE_THAN_A_LIST = { toJSON: (): string => '(more than a list)' };

/**
 * @param file how to call the file in messages
 * @returns the values of all known keys; unknown ones and damage are issues
 */
export const readYaml = (text: string, file: string): Source => new Reader(text, file).read();

class Reader {
  readonly #lines = new LineCounter();
  readonly #values = new Map<string, SourceValue>();
  readonly #sections = new Map<string, Origin>();
  readonly #issues: ConfigIssue[] = [];
  readonly #document: Document | null;
  #aliases = 0;
  /** Errors that were only counted. */
  #untold = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    this.#document = this.#parse(text.slice(0, TEXT_MAX));
  }

  /** null where the text drives the library to its limits: brackets nested by the thousand. */
  #parse(text: string): Document | null {
    try {
      if (nestingOf(text) <= NESTING_MAX)
        return parseDocument(text, { lineCounter: this.#lines, version: '1.2', schema: 'core', stringKeys: true, uniqueKeys: false });
    } catch {
      // Told below.
    }
    this.#tell(() => ({
      origin: { type: 'file', file: this.file, line: 1 },
      key: '(text)',
      value: `${this.text.length} characters`,
      rule: 'YAML that can be read',
      near: null,
      fix: 'begin with config.example.yaml',
    }));
    return null;
  }

  /** The issue is made only where it will be told. */
  #tell(make: () => ConfigIssue): void {
    if (this.#issues.length < ISSUES_MAX) this.#issues.push(make());
    else this.#untold++;
  }

  #tellOfUntold(): void {
    if (this.#untold === 0) return;
    this.#issues.push({
      origin: { type: 'file', file: this.file, line: 1 },
      key: '(file)',
      value: `${this.#untold} more errors`,
      rule: `fewer than ${ISSUES_MAX} errors, to tell them all`,
      near: null,
      fix: 'correct those above first, or begin with config.example.yaml',
    });
  }

  read(): Source {
    this.#damage();
    const root = this.#document?.contents ?? null;
    if (isMap(root)) this.#map(root.items, '');
    else if (root !== null && !(isScalar(root) && root.value === null) && this.#issues.length === 0)
      this.#tell(() => ({
        origin: this.#origin(root),
        key: '(file)',
        // Perhaps the wrong file, and its text a secret.
        value: isSeq(root) ? 'a list' : 'a text without keys',
        rule: `sections such as ${(SECTIONS.get('')?.names ?? []).slice(0, 5).join(', ')}`,
        near: null,
        fix: 'begin with config.example.yaml',
      }));
    this.#tellOfUntold();
    return { values: this.#values, sections: this.#sections, issues: this.#issues };
  }

  /** Errors of the text itself: brackets, quotes, indentation. */
  #damage(): void {
    if (this.text.length > TEXT_MAX)
      this.#tell(() => ({
        origin: { type: 'file', file: this.file, line: 1 },
        key: '(file)',
        value: `${this.text.length} characters`,
        rule: `at most ${TEXT_MAX} characters`,
        near: null,
        fix: 'check that this is the right file',
      }));
    const errors = this.#document?.errors ?? [];
    const lines = errors.length === 0 ? [] : this.text.split('\n');
    for (const error of errors) this.#tell(() => this.#damageAt(error, lines));
  }

  #damageAt(error: YAMLParseError, lines: readonly string[]): ConfigIssue {
    const line = this.#lines.linePos(Math.min(error.pos[0], Math.max(0, this.text.length - 1))).line;
    const written = lines[line - 1] ?? '';
    const key = /^\s*([A-Za-z_][\w-]*)\s*:/.exec(written)?.[1];
    const value = written.slice(written.indexOf(':') + 1).trim();
    return {
      origin: { type: 'file', file: this.file, line },
      key: key ?? '(text)',
      value: key === undefined ? '(a line without a key)' : soundsSecret(written) ? HIDDEN : showValue(value, key),
      rule: `YAML (${plainReason(error.message)})`,
      near: null,
      fix: 'correct indentation, quotes or brackets on this line or the one before',
    };
  }

  #origin(node: unknown): Origin {
    const start = (node as Node | null)?.range?.[0] ?? 0;
    return { type: 'file', file: this.file, line: Math.max(1, this.#lines.linePos(start).line) };
  }

  #map(items: readonly Pair[], section: string): void {
    const seen = new Map<string, Origin>();
    for (const pair of items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      const path = section === '' ? name : `${section}.${name}`;
      const origin = this.#origin(pair.key);
      const first = seen.get(name);
      if (first !== undefined) {
        this.#twice(path, pair.value as Node | null, origin, first);
        continue;
      }
      seen.set(name, origin);
      const leaf = LEAVES.get(path);
      if (leaf?.kind === 'records') this.#values.set(path, { ...this.#entries(pair.value as Node | null, path), origin });
      else if (leaf !== undefined) this.#values.set(path, { value: this.#plain(pair.value as Node | null), origin });
      else if (SECTIONS.has(path) && path !== '') this.#section(pair.value as Node | null, path, origin);
      else this.#tell(() => this.#unknown(name, section, pair.value as Node | null, origin));
    }
  }

  #twice(path: string, node: Node | null, origin: Origin, first: Origin): void {
    this.#tell(() => ({
      origin,
      key: path,
      value: isMap(node) ? 'a section' : showValue(this.#plain(node), path),
      rule: `every key once, and it stands at ${formatOrigin(first)} already`,
      near: null,
      fix: 'remove one of the two',
    }));
  }

  #section(node: Node | null, path: string, origin: Origin): void {
    this.#sections.set(path, origin);
    if (isMap(node)) return this.#map(node.items, path);
    // A section without keys keeps its defaults.
    if (node === null || (isScalar(node) && node.value === null)) return;
    const names = SECTIONS.get(path)?.names ?? [];
    this.#tell(() => ({
      origin,
      key: path,
      value: showValue(this.#plain(node), path),
      rule: `a section with keys such as ${names.slice(0, 3).join(', ')}`,
      near: null,
      fix: 'write its keys below it, indented by two spaces',
    }));
  }

  #unknown(name: string, section: string, node: Node | null, origin: Origin): ConfigIssue {
    const siblings = SECTIONS.get(section)?.names ?? [];
    const near = nearestName(name, siblings);
    const elsewhere = [...LEAVES.keys(), ...SECTIONS.keys()].find((path) => path !== '' && path.split('.').at(-1) === name);
    const where = section === '' ? 'the file' : section;
    // Among credentials, a "name" that looks like none may be a line of a key.
    const isSecret = section.startsWith('credentials') && near === null && !/^[a-z_]{1,40}$/.test(name);
    const shown = isSecret ? '(text)' : name.trim() === '' ? '(empty key)' : quote(name).slice(1, -1);
    const fix =
      elsewhere !== undefined
        ? `move it: it belongs to ${elsewhere}`
        : near !== null
          ? `rename it to ${near}`
          : `remove it; the keys here are ${siblings.slice(0, 8).join(', ')}${siblings.length > 8 ? ', ...' : ''}`;
    return {
      origin,
      key: section === '' ? shown : `${section}.${shown}`,
      value: isMap(node) ? 'a section' : showValue(this.#plain(node), `${section}.${name}`),
      rule: `a key of ${where}`,
      near: elsewhere ?? near,
      fix,
    };
  }

  /** A list of entries with keys: one level deeper than any other value, and no deeper. */
  #entries(node: Node | null, path: string): { readonly value: unknown; readonly entries?: readonly Origin[] } {
    if (!isSeq(node)) return { value: this.#plain(node) };
    const items = node.items.slice(0, ITEMS_MAX) as (Node | null)[];
    const value = items.map((item, i) => (isMap(item) ? this.#entry(item.items, `${path}[${i}]`) : this.#plain(item, 1)));
    return { value, entries: items.map((item) => this.#origin(item)) };
  }

  #entry(pairs: readonly Pair[], path: string): object {
    const seen = new Map<string, { readonly origin: Origin; readonly value: unknown }>();
    for (const pair of pairs) {
      const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      const origin = this.#origin(pair.key);
      const first = seen.get(name);
      if (first !== undefined) this.#twice(`${path}.${name}`, pair.value as Node | null, origin, first.origin);
      else seen.set(name, { origin, value: this.#plain(pair.value as Node | null) });
    }
    return Object.fromEntries([...seen].map(([name, { value }]) => [name, value]));
  }

  /** The value of a node. No single key holds more than a list, so nothing is followed deeper; a bomb of aliases stays small, and so does a crowd of them. */
  #plain(node: Node | null, depth = 0): unknown {
    if (node === null) return null;
    if (isScalar(node)) return node.value;
    if (depth > DEPTH_MAX || isMap(node)) return MORE_THAN_A_LIST;
    if (isAlias(node)) return this.#aliases++ < ALIASES_MAX ? this.#plain(this.#meantBy(node), depth + 1) : MORE_THAN_A_LIST;
    if (isSeq(node)) return node.items.slice(0, ITEMS_MAX).map((item) => this.#plain(item as Node | null, depth + 1));
    return null;
  }

  #meantBy(alias: Alias): Node | null {
    return this.#document === null ? null : ((alias.resolve(this.#document) as Node | undefined) ?? null);
  }
}

/** The reader's reason without its picture of the text, which could hold a secret. */
const plainReason = (message: string): string => (message.split(/ at line | in "|: "|\n/)[0] ?? message).trim();
