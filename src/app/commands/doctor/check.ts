/** What a check is, and how checks are run: one after the other, each only where what it stands on is sound. */

export type Status = 'ok' | 'warn' | 'fail' | 'skipped';

export interface Verdict {
  readonly status: Status;
  /** What was found, with numbers. */
  readonly found: string;
  /** What to do about it; null where nothing is to be done. */
  readonly fix: string | null;
}

export const AREAS = ['machine', 'configuration', 'key', 'storage', 'network', 'exchange', 'account', 'markets', 'stream'] as const;
export type Area = (typeof AREAS)[number];

export interface Check<P> {
  readonly area: Area;
  readonly name: string;
  /** Names of checks without which this one says nothing. Each must come before it. */
  readonly needs: readonly string[];
  /** May throw: whatever a check did not expect is a failure of what it looked at. */
  readonly run: (patient: P) => Verdict | Promise<Verdict>;
}

export interface Finding extends Verdict {
  readonly area: Area;
  readonly name: string;
  readonly ms: number;
}

export const ok = (found: string): Verdict => ({ status: 'ok', found, fix: null });
export const warn = (found: string, fix: string): Verdict => ({ status: 'warn', found, fix });
export const fail = (found: string, fix: string): Verdict => ({ status: 'fail', found, fix });
export const skipped = (found: string): Verdict => ({ status: 'skipped', found, fix: null });

export interface Examination<P> {
  readonly checks: readonly Check<P>[];
  readonly patient: P;
  /** Milliseconds of any steady clock. */
  readonly nowMs: () => number;
  readonly onFinding?: (finding: Finding) => void;
  readonly signal: AbortSignal;
}

/** @returns one finding per check, in their order */
export const examine = async <P>({ checks, patient, nowMs, onFinding, signal }: Examination<P>): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  const statuses = new Map<string, Status>();
  /** Of every check that is not sound, the one that failed in the first place. */
  const roots = new Map<string, string>();
  for (const check of checks) {
    const started = nowMs();
    const unsound = check.needs.find((name) => !isSound(statuses.get(name)));
    const verdict = signal.aborted
      ? skipped('stopped')
      : unsound === undefined
        ? await tried(check, patient)
        : skipped(`not looked at, because of "${roots.get(unsound) ?? unsound}"`);
    const finding = { area: check.area, name: check.name, ...verdict, ms: Math.round(nowMs() - started) };
    statuses.set(check.name, verdict.status);
    if (!isSound(verdict.status)) roots.set(check.name, unsound === undefined ? check.name : (roots.get(unsound) ?? unsound));
    findings.push(finding);
    onFinding?.(finding);
  }
  return findings;
};

const isSound = (status: Status | undefined): boolean => status === 'ok' || status === 'warn';

const tried = async <P>(check: Check<P>, patient: P): Promise<Verdict> => {
  try {
    return await check.run(patient);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), 'put right what it says, then look again');
  }
};

/** How many of each. */
export const countOf = (findings: readonly Finding[]): Readonly<Record<Status, number>> => {
  const count = (status: Status): number => findings.filter((finding) => finding.status === status).length;
  return { ok: count('ok'), warn: count('warn'), fail: count('fail'), skipped: count('skipped') };
};
