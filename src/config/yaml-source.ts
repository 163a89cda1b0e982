/** Reads the text of a configuration file into values with their lines. Everything that is wrong with the text is told, not only the first thing. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { quote } from '../domain/errors.js';
import { nearestName } from '../domain/near-name.js';
import type { ConfigIssue, Origin } from './issue.js';
import { formatOrigin, HIDDEN, showValue, soundsSecret } from './issue.js';
import { LEAVES, SECTIONS } from './schema.js';

export interface SourceValue {
  readonly value: unknown;
  readonly origin: Origin;
}

export interface Source {
  readonly values: ReadonlyMap<string, SourceValue>;
  /** Where a section begins, for errors about keys that are missing in it. */
  readonly sections: ReadonlyMap<string, Origin>;
  readonly issues: readonly ConfigIssue[];
}

const TEXT_MAX = 1024 * 1024;
/** More than any list of the schema may hold, so that a longer one is still seen to be too long. */
const ITEMS_MAX = 2000;
const DEPTH_MAX = 1;

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
  readonly #document: Document;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    this.#document = parseDocument(text.slice(0, TEXT_MAX), {
      lineCounter: this.#lines,
      version: '1.2',
      schema: 'core',
      stringKeys: true,
      uniqueKeys: false,
    });
  }

  read(): Source {
    this.#damage();
    const root = this.#document.contents;
    if (isMap(root)) this.#map(root.items, '');
    else if (root !== null && !(isScalar(root) && root.value === null) && this.#issues.length === 0)
      this.#issues.push({
        origin: this.#origin(root),
        key: '(file)',
        // Perhaps the wrong file, and its text a secret.
        value: isSeq(root) ? 'a list' : 'a text without keys',
        rule: `sections such as ${(SECTIONS.get('')?.names ?? []).slice(0, 5).join(', ')}`,
        near: null,
        fix: 'begin with config.example.yaml',
      });
    return { values: this.#values, sections: this.#sections, issues: this.#issues };
  }

  /** Errors of the text itself: brackets, quotes, indentation. */
  #damage(): void {
    if (this.text.length > TEXT_MAX)
      this.#issues.push({
        origin: { type: 'file', file: this.file, line: 1 },
        key: '(file)',
        value: `${this.text.length} characters`,
        rule: `at most ${TEXT_MAX} characters`,
        near: null,
        fix: 'check that this is the right file',
      });
    for (const error of this.#document.errors) {
      const line = this.#lines.linePos(Math.min(error.pos[0], Math.max(0, this.text.length - 1))).line;
      const written = this.text.split('\n')[line - 1] ?? '';
      const key = /^\s*([A-Za-z_][\w-]*)\s*:/.exec(written)?.[1];
      const value = written.slice(written.indexOf(':') + 1).trim();
      this.#issues.push({
        origin: { type: 'file', file: this.file, line },
        key: key ?? '(text)',
        value: key === undefined ? '(a line without a key)' : soundsSecret(written) ? HIDDEN : showValue(value, key),
        rule: `YAML (${plainReason(error.message)})`,
        near: null,
        fix: 'correct indentation, quotes or brackets on this line or the one before',
      });
    }
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
      if (LEAVES.has(path)) this.#values.set(path, { value: this.#plain(pair.value as Node | null), origin });
      else if (SECTIONS.has(path) && path !== '') this.#section(pair.value as Node | null, path, origin);
      else this.#unknown(name, section, pair.value as Node | null, origin);
    }
  }

  #twice(path: string, node: Node | null, origin: Origin, first: Origin): void {
    this.#issues.push({
      origin,
      key: path,
      value: isMap(node) ? 'a section' : showValue(this.#plain(node), path),
      rule: `every key once, and it stands at ${formatOrigin(first)} already`,
      near: null,
      fix: 'remove one of the two',
    });
  }

  #section(node: Node | null, path: string, origin: Origin): void {
    this.#sections.set(path, origin);
    if (isMap(node)) return this.#map(node.items, path);
    // A section without keys keeps its defaults.
    if (node === null || (isScalar(node) && node.value === null)) return;
    const names = SECTIONS.get(path)?.names ?? [];
    this.#issues.push({
      origin,
      key: path,
      value: showValue(this.#plain(node), path),
      rule: `a section with keys such as ${names.slice(0, 3).join(', ')}`,
      near: null,
      fix: 'write its keys below it, indented by two spaces',
    });
  }

  #unknown(name: string, section: string, node: Node | null, origin: Origin): void {
    const siblings = SECTIONS.get(section)?.names ?? [];
    const near = nearestName(name, siblings);
    const elsewhere = [...LEAVES.keys(), ...SECTIONS.keys()].find((path) => path !== '' && path.split('.').at(-1) === name);
    const where = section === '' ? 'the file' : section;
    // Among credentials, a "name" that looks like none may be a line of a key.
    const shown = section.startsWith('credentials') && near === null && !/^[a-z_]{1,40}$/.test(name) ? '(text)' : quote(name).slice(1, -1);
    const fix =
      elsewhere !== undefined
        ? `move it: it belongs to ${elsewhere}`
        : near !== null
          ? `rename it to ${near}`
          : `remove it; the keys here are ${siblings.slice(0, 8).join(', ')}${siblings.length > 8 ? ', ...' : ''}`;
    this.#issues.push({
      origin,
      key: section === '' ? shown : `${section}.${shown}`,
      value: isMap(node) ? 'a section' : showValue(this.#plain(node), `${section}.${name}`),
      rule: `a key of ${where}`,
      near: elsewhere ?? near,
      fix,
    });
  }

  /** The value of a node. No key holds more than a list, so nothing is followed deeper; a bomb of aliases stays small. */
  #plain(node: Node | null, depth = 0): unknown {
    if (node === null) return null;
    if (isScalar(node)) return node.value;
    if (depth > DEPTH_MAX || isMap(node)) return '(more than a list)';
    if (isAlias(node)) return this.#plain((node.resolve(this.#document) as Node | undefined) ?? null, depth + 1);
    if (isSeq(node)) return node.items.slice(0, ITEMS_MAX).map((item) => this.#plain(item as Node | null, depth + 1));
    return null;
  }
}

/** The reader's reason without its picture of the text, which could hold a secret. */
const plainReason = (message: string): string => (message.split(/ at line | in "|: "|\n/)[0] ?? message).trim();
