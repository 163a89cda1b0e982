/** The machine and the process: what no configuration can make good. */
import { readFileSync } from 'node:fs';
import { CommandFailure } from '../../../cli/exit-codes.js';
import { millis } from '../../../domain/units.js';
import { refuseOpenMemory, refuseWeakTls, type Inherited } from '../../system-hygiene.js';
import { fail, ok, skipped, warn, type Check, type Verdict } from './check.js';
import type { Patient } from './patient.js';

const NODE_MAJOR = 20;
const NODE_MINOR = 19;

const nodeVersion = (): Verdict => {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const enough = major > NODE_MAJOR || (major === NODE_MAJOR && minor >= NODE_MINOR);
  return enough ? ok(node) : fail(`${node}, and ${NODE_MAJOR}.${NODE_MINOR} is the least`, 'install a newer Node');
};

const user = (): Verdict => {
  const id = process.getuid?.();
  if (id === undefined) return skipped('this system has no user numbers');
  return id === 0
    ? warn('root', 'run it as a user of its own: whoever gets into the process would own the machine')
    : ok(`user number ${id}`);
};

/** What a start refuses, told as a finding. */
const refusedBy = (refuse: (inherited: Inherited) => void, { variables }: Patient, sound: string): Verdict => {
  try {
    refuse({ env: variables, execArgv: process.execArgv });
    return ok(sound);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return fail(error.why ?? error.what, error.fix);
  }
};

export const tlsVerification = (patient: Patient): Verdict => refusedBy(refuseWeakTls, patient, 'on');
export const memory = (patient: Patient): Verdict => refusedBy(refuseOpenMemory, patient, 'closed to debuggers');

export const proxies = ({ variables }: Patient): Verdict => {
  const named = Object.keys(variables).filter((name) => /^(https?|all)_proxy$/i.test(name) && variables[name] !== '');
  return named.length === 0
    ? ok('none')
    : warn(
        `${named.join(', ')} set; connections to the exchange go direct and ignore them`,
        'make sure that the direct way is open, or unset them',
      );
};

const FILES_LEAST = 1024;

const openFiles = (): Verdict => {
  if (process.platform !== 'linux') return skipped('told on Linux only');
  const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? '';
  if (soft === 'unlimited' || Number(soft) >= FILES_LEAST) return ok(soft);
  return warn(`${soft}, and ${FILES_LEAST} is a comfortable least`, `raise it: ulimit -n ${FILES_LEAST}, or LimitNOFILE in the service`);
};

const SAMPLES = 40;
const SAMPLE_MS = 5;
const LATE_MS = 50;
const STEP_MS = 20;

/** How late timers come, and whether the wall clock moved by another amount than time did. */
const timers = async ({ host }: Patient): Promise<Verdict> => {
  const begin = { steady: performance.now(), wall: Date.now() };
  let latest = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const started = performance.now();
    await new Promise<void>((resolve) => void host.timers.after(millis(SAMPLE_MS), resolve));
    latest = Math.max(latest, performance.now() - started - SAMPLE_MS);
  }
  const step = Date.now() - begin.wall - (performance.now() - begin.steady);
  const found = `timers come at most ${latest.toFixed(1)} ms late, the clock moved ${step.toFixed(0)} ms beside time`;
  if (Math.abs(step) > STEP_MS) return warn(found, 'let the clock be slewed and not stepped (chrony, systemd-timesyncd)');
  return latest > LATE_MS ? warn(found, 'give the bot a core that is free: other work on this machine delays its decisions') : ok(found);
};

export const MACHINE_CHECKS: readonly Check<Patient>[] = [
  { area: 'machine', name: 'node version', needs: [], run: nodeVersion },
  { area: 'machine', name: 'user', needs: [], run: user },
  { area: 'machine', name: 'open files', needs: [], run: openFiles },
  { area: 'machine', name: 'timers and clock', needs: [], run: timers },
  { area: 'machine', name: 'certificate checks', needs: [], run: tlsVerification },
  { area: 'machine', name: 'memory', needs: [], run: memory },
  { area: 'machine', name: 'proxies', needs: [], run: proxies },
];
