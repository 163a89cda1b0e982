#!/usr/bin/env node
/**
 * Looks for secrets in everything that was written: every file below the given folders, also inside gzip, as text and as base64, hex, percent or UTF-16.
 * A piece of a secret counts. Prints where each was found, never the secret, and ends with 1 where there is one, with 2 where there was nothing to search.
 *
 *   node scripts/find-secrets.mjs [--secrets FILE.json] FOLDER...
 *
 * FILE.json maps names to secrets; without it the canaries of the tests are looked for (tests/support/canaries.json).
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseArgs } from 'node:util';

/** Length of the pieces that are looked for; a run of one and a half pieces always holds one of them. */
const PIECE = { text: 12, base64: 16, hex: 24 };
const CANARIES = new URL('../tests/support/canaries.json', import.meta.url);

const { values, positionals } = parseArgs({ options: { secrets: { type: 'string' } }, allowPositionals: true });
const secrets = JSON.parse(readFileSync(values.secrets ?? CANARIES, 'utf8'));

const pieces = (text, length) => {
  const found = [];
  for (let at = 0; at + length <= text.length; at += length / 2) found.push(text.slice(at, at + length));
  return found.length === 0 ? [text] : found;
};

/** Base64 depends on where the secret begins: the three ways, without the ends that mix with what stands around. */
const base64 = (secret) =>
  [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]).toString('base64');
    return text
      .slice(Math.ceil((shift * 8) / 6) + 1)
      .replace(/=+$/, '')
      .slice(0, -1);
  });

const needlesOf = (secret) => {
  const bytes = Buffer.from(secret);
  const plain = [...base64(secret), ...base64(secret).map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
  return new Map([
    ['text', pieces(secret, PIECE.text)],
    ['text written backwards', pieces(Array.from(secret).toReversed().join(''), PIECE.text)],
    ['UTF-16', pieces(secret, PIECE.text).map((piece) => Buffer.from(piece, 'utf16le').toString('latin1'))],
    ['percent code', pieces(encodeURIComponent(secret), PIECE.text)],
    ['base64', plain.flatMap((text) => pieces(text, PIECE.base64))],
    ['hex', [bytes.toString('hex'), bytes.toString('hex').toUpperCase()].flatMap((text) => pieces(text, PIECE.hex))],
  ]);
};

const sought = Object.entries(secrets).flatMap(([name, secret]) =>
  [...needlesOf(secret)].map(([form, needles]) => ({ name, form, needles: [...new Set(needles)] })),
);

/** Regular files only: links lead to what is searched where it lies, or to what we have not written. */
const walk = (path) => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isDirectory()) return readdirSync(path).flatMap((name) => walk(join(path, name)));
  return found.isFile() ? [path] : [];
};

const textsOf = (bytes) => {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return [bytes.toString('latin1')];
  try {
    return [bytes.toString('latin1'), gunzipSync(bytes, { finishFlush: 2 }).toString('latin1')];
  } catch {
    // Only looks like gzip, and was searched as it stands.
    return [bytes.toString('latin1')];
  }
};

let bytesSearched = 0;
const hits = [];
const files = positionals.flatMap(walk);
for (const file of files) {
  const bytes = readFileSync(file);
  bytesSearched += bytes.length;
  for (const text of textsOf(bytes))
    for (const { name, form, needles } of sought)
      if (needles.some((needle) => text.includes(needle))) hits.push(`${file}: the secret "${name}" as ${form}`);
  for (const { name, needles } of sought)
    if (needles.some((needle) => file.includes(needle))) hits.push(`the secret "${name}" in the name of a file`);
}
if (bytesSearched === 0) {
  process.stderr.write('find-secrets: there is nothing to search\n');
  process.exit(2);
}
if (hits.length > 0) process.stderr.write(`${[...new Set(hits)].join('\n')}\n`);
process.stdout.write(`find-secrets: ${hits.length === 0 ? 'no' : hits.length} hits in ${files.length} files, ${bytesSearched} bytes\n`);
process.exitCode = hits.length === 0 ? 0 : 1;
