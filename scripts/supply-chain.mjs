#!/usr/bin/env node
/**
 * What must be true of everything that we did not write ourselves; without a network. Prints every offence and ends with 1 where there is one.
 *
 *   node scripts/supply-chain.mjs [--root FOLDER]     checks package.json, package-lock.json, .npmrc and what lies in node_modules
 *   node scripts/supply-chain.mjs --sbom FILE         also writes the CycloneDX bill of materials, after proving it complete
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const DIRECT_MAX = 10;
const TREE_MAX = 30;
const AGE_DAYS_MIN = 7;
const LICENCES = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0']);
/** Packages that bring an install script, which is never run (`ignore-scripts`), and why they work without it. Development only. */
const WITH_INSTALL_SCRIPT = new Map([['esbuild', 'only makes the start of its binary faster; vitest uses it through vite']]);
const REGISTRY = 'https://registry.npmjs.org/';
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const SHA512 = /^sha512-([A-Za-z0-9+/]{86}==)$/;
const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare'];

const { values } = parseArgs({ options: { root: { type: 'string', default: '.' }, sbom: { type: 'string' } } });
const root = values.root;
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const own = read('package.json');
const lock = read('package-lock.json');
const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path) => path.split('node_modules/').at(-1);
const isProduction = (entry) => entry.dev !== true && entry.devOptional !== true;

const offences = [];
const offence = (text) => offences.push(text);

const checkOwnPackage = () => {
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'])
    for (const [name, version] of Object.entries(own[group] ?? {}))
      if (!EXACT.test(version)) offence(`package.json: ${group}.${name}: expected one exact version, got ${JSON.stringify(version)}`);
  for (const name of LIFECYCLE)
    if (own.scripts?.[name] !== undefined) offence(`package.json: a script "${name}" would run at installation`);
  const direct = Object.keys(own.dependencies ?? {}).length;
  if (direct > DIRECT_MAX) offence(`package.json: ${direct} direct production packages, at most ${DIRECT_MAX}`);
};

const checkLock = () => {
  if (lock.lockfileVersion !== 3) offence(`package-lock.json: expected version 3, got ${lock.lockfileVersion}`);
  for (const group of ['dependencies', 'devDependencies'])
    if (JSON.stringify(lock.packages['']?.[group] ?? {}) !== JSON.stringify(own[group] ?? {}))
      offence(`package-lock.json: ${group} differ from package.json; run npm install`);
  const tree = entries.filter(([, entry]) => isProduction(entry)).length;
  if (tree > TREE_MAX) offence(`package-lock.json: ${tree} production packages in the tree, at most ${TREE_MAX}`);
  for (const [path, entry] of entries) {
    const what = `${nameOf(path)} ${entry.version ?? ''}`.trim();
    if (entry.link === true) offence(`${what}: is a link to a folder, not a package of the registry`);
    if (!SHA512.test(entry.integrity ?? '')) offence(`${what}: no SHA-512 integrity in the lock file`);
    if (entry.resolved !== undefined && !entry.resolved.startsWith(REGISTRY))
      offence(`${what}: the lock file names another host than the public registry`);
    if (entry.hasInstallScript === true) checkInstallScript(nameOf(path), entry, 'the lock file says so');
  }
};

const checkInstallScript = (name, entry, how) => {
  if (isProduction(entry)) offence(`${name} ${entry.version}: a production package must have no install script (${how})`);
  else if (!WITH_INSTALL_SCRIPT.has(name)) offence(`${name} ${entry.version}: has an install script and is not on the list (${how})`);
};

/** `MIT`, `(MIT OR Apache-2.0)`, and the two forms that old packages use. */
const isAllowed = (licence) => {
  if (Array.isArray(licence)) return licence.some(isAllowed);
  if (typeof licence === 'object' && licence !== null) return isAllowed(licence.type);
  if (typeof licence !== 'string') return false;
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((one) => LICENCES.has(one.trim()));
};

const checkInstalled = () => {
  for (const [path, entry] of entries) {
    const name = nameOf(path);
    const folder = join(path, 'package.json');
    const installed = existsSync(join(root, folder)) ? read(folder) : null;
    if (installed === null) {
      // Binaries of other systems are in the lock file and not on this disk.
      if (entry.optional !== true && entry.peer !== true) offence(`${name} ${entry.version}: is not installed; run npm ci`);
      if (!isAllowed(entry.license)) offence(`${name} ${entry.version}: licence ${JSON.stringify(entry.license)} is not on the list`);
      continue;
    }
    if (installed.version !== entry.version)
      offence(`${name}: version ${installed.version} is installed, the lock file says ${entry.version}; run npm ci`);
    const licence = installed.license ?? installed.licenses;
    if (!isAllowed(licence)) offence(`${name} ${entry.version}: licence ${JSON.stringify(licence)} is not on the list`);
    const scripts = ['preinstall', 'install', 'postinstall'].filter((script) => installed.scripts?.[script] !== undefined);
    if (existsSync(join(root, path, 'binding.gyp'))) scripts.push('binding.gyp');
    if (scripts.length > 0) checkInstallScript(name, entry, `${scripts.join(', ')} in its package`);
  }
};

const checkNpmrc = () => {
  const text = existsSync(join(root, '.npmrc')) ? readFileSync(join(root, '.npmrc'), 'utf8') : '';
  const settings = new Map([...text.matchAll(/^\s*([^;#=\s][^=]*?)\s*=\s*(.*?)\s*$/gm)].map((match) => [match[1], match[2]]));
  for (const name of ['ignore-scripts', 'save-exact', 'omit-lockfile-registry-resolved'])
    if (settings.get(name) !== 'true') offence(`.npmrc: expected ${name}=true`);
  const age = settings.get('min-release-age') ?? '';
  if (!/^\d+$/.test(age) || Number(age) < AGE_DAYS_MIN) offence(`.npmrc: expected min-release-age=${AGE_DAYS_MIN} or more`);
  for (const name of settings.keys())
    if (/registry$|_auth|_password|username|before|min-release-age-exclude/i.test(name) && name !== 'omit-lockfile-registry-resolved')
      offence(`.npmrc: ${name.replace(/^\/\/[^:]*/, '//...')} does not belong into the repository`);
};

/** The bill of materials, complete: every package of the lock file with its version, hash and licence, and nothing else. */
const makeSbom = () => {
  const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const sbom = JSON.parse(text);
  // npm takes the name from the folder, and calls every root a library.
  Object.assign(sbom.metadata.component, { name: own.name, type: 'application' });
  checkSbom(sbom);
  return sbom;
};

const checkSbom = (sbom) => {
  if (sbom.bomFormat !== 'CycloneDX') offence(`SBOM: expected CycloneDX, got ${sbom.bomFormat}`);
  const { name, version } = sbom.metadata.component;
  if (name !== own.name || version !== own.version) offence(`SBOM: describes ${name} ${version}, not ${own.name} ${own.version}`);
  const found = new Map(sbom.components.map((component) => [component['bom-ref'], component]));
  const expected = new Set(entries.map(([path, entry]) => `${nameOf(path)}@${entry.version}`));
  for (const [path, entry] of entries) {
    const ref = `${nameOf(path)}@${entry.version}`;
    const component = found.get(ref);
    if (component === undefined) {
      offence(`SBOM: ${ref} is missing`);
      continue;
    }
    const hash = Buffer.from(SHA512.exec(entry.integrity ?? '')?.[1] ?? '', 'base64').toString('hex');
    if (!component.hashes?.some((each) => each.alg === 'SHA-512' && each.content === hash))
      offence(`SBOM: ${ref} has not the lock file's hash`);
    if (!(component.licenses?.length > 0)) offence(`SBOM: ${ref} has no licence`);
    if (!component.purl?.startsWith('pkg:npm/')) offence(`SBOM: ${ref} has no package URL`);
    const ours = isProduction(entry);
    const theirs = !component.properties?.some((property) => property.name === 'cdx:npm:package:development');
    if (ours !== theirs && entry.devOptional !== true) offence(`SBOM: ${ref} is marked as ${theirs ? 'production' : 'development'}`);
  }
  for (const ref of found.keys()) if (!expected.has(ref)) offence(`SBOM: ${ref} is not in the lock file`);
};

checkOwnPackage();
checkLock();
checkInstalled();
checkNpmrc();
const sbom = values.sbom === undefined ? null : makeSbom();
if (offences.length > 0) {
  process.stderr.write(`${offences.map((text) => `supply chain: ${text}`).join('\n')}\n`);
  process.exit(1);
}
if (sbom !== null) writeFileSync(values.sbom, `${JSON.stringify(sbom, null, 2)}\n`);
const production = entries.filter(([, entry]) => isProduction(entry)).length;
const made = sbom === null ? '' : `; ${sbom.components.length} components in ${values.sbom}`;
process.stdout.write(
  `supply chain: ${Object.keys(own.dependencies).length} direct and ${production} production packages, ${entries.length} with development; exact, hashed, licensed${made}\n`,
);
