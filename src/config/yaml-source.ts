/** Reads the text of a configuration file into values with their lines. Everything that is wrong with the text is told, not only the first thing. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { nearestName } from '../domain/near-name.js';
import type { ConfigIssue, Origin } from './issue.js';
import { showValue } from './issue.js';
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
    this.#document = parseDocument(text.slice(0, TEXT_MAX), { lineCounter: this.#lines, version: '1.2', schema: 'core', stringKeys: true });
  }

  read(): Source {
    this.#damage();
    const root = this.#document.contents;
    if (isMap(root)) this.#map(root.items, '');
    else if (root !== null && !(isScalar(root) && root.value === null) && this.#issues.length === 0)
      this.#issues.push({
        origin: this.#origin(root),
        key: '(file)',
        value: showValue(root.toJSON(), ''),
        rule: `sections such as ${(SECTIONS.get('')?.names ?? []).slice(0, 5).join(', ')}`,
        near: null,
        fix: 'begin with config.example.yaml',
      });
    return { values: this.#values, sections: this.#sections, issues: this.#issues };
  }

  /** Errors of the text itself: brackets, indentation, a key that stands twice. */
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
      const twice = error.code === 'DUPLICATE_KEY';
      this.#issues.push({
        origin: { type: 'file', file: this.file, line },
        key: key ?? '(text)',
        value: showValue(value, key ?? written),
        rule: twice ? 'every key once' : `YAML (${plainReason(error.message)})`,
        near: null,
        fix: twice ? 'remove one of the two lines' : 'correct indentation, quotes or brackets on this line or the one before',
      });
    }
  }

  #origin(node: unknown): Origin {
    const start = (node as Node | null)?.range?.[0] ?? 0;
    return { type: 'file', file: this.file, line: Math.max(1, this.#lines.linePos(start).line) };
  }

  #map(items: readonly Pair[], section: string): void {
    for (const pair of items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      const path = section === '' ? name : `${section}.${name}`;
      const origin = this.#origin(pair.key);
      if (LEAVES.has(path)) this.#values.set(path, { value: this.#plain(pair.value as Node | null), origin });
      else if (SECTIONS.has(path) && path !== '') this.#section(pair.value as Node | null, path, origin);
      else this.#unknown(name, section, pair.value as Node | null, origin);
    }
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
    const fix =
      elsewhere !== undefined
        ? `move it: it belongs to ${elsewhere}`
        : near !== null
          ? `rename it to ${near}`
          : `remove it; the keys here are ${siblings.slice(0, 8).join(', ')}${siblings.length > 8 ? ', ...' : ''}`;
    this.#issues.push({
      origin,
      key: section === '' ? name : `${section}.${name}`,
      value: isMap(node) ? 'a section' : showValue(this.#plain(node), `${section}.${name}`),
      rule: `a key of ${where}`,
      near: elsewhere ?? near,
      fix,
    });
  }

  #plain(node: Node | null): unknown {
    if (node === null) return null;
    if (isAlias(node)) return this.#plain((node.resolve(this.#document) as Node | undefined) ?? null);
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item) => this.#plain(item as Node | null));
    return node.toJSON() as unknown;
  }
}

/** The reader's reason without its picture of the text, which could hold a secret. */
const plainReason = (message: string): string => (message.split(/ at line | in "|: "|\n/)[0] ?? message).trim();
