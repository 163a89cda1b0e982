/** Real money needs three agreements: the flag `--env prod`, the key of prod, and a phrase typed by a person or its flag. The decision is made here. */
import type { Environment } from '../domain/settings.js';
import { formatOrigin, type Origin } from './issue.js';
import type { Credentials } from './settings.js';

export const AGREEMENT_FLAG = '--yes-trade-real-money';
export const AGREEMENT_PHRASE = 'trade real money';

export interface AgreementCase {
  readonly environment: Environment;
  /** Where the environment was chosen. */
  readonly chosenBy: Origin;
  /** The key in force: that of the environment, or null. */
  readonly credentials: Credentials | null;
  /** Whether `--yes-trade-real-money` was given. */
  readonly flagGiven: boolean;
  /** What a person typed when asked, or null where nobody was asked yet. */
  readonly typed: string | null;
}

export type Agreement =
  /** No real money, or all three agreements. */
  | { readonly type: 'agreed'; readonly realMoney: boolean }
  /** Ask a person to type the phrase and decide again. */
  | { readonly type: 'ask'; readonly phrase: string; readonly flag: string }
  | { readonly type: 'refused'; readonly what: string; readonly fix: string };

/** Whether orders may go out. Only `prod` trades real money; a host of the real exchange is refused in every other environment. */
export const realMoneyAgreement = (given: AgreementCase): Agreement => {
  if (given.environment !== 'prod') return { type: 'agreed', realMoney: false };
  if (given.chosenBy.type !== 'flag')
    return {
      type: 'refused',
      what: `the environment prod comes from ${formatOrigin(given.chosenBy)}; real money must be chosen on the command line`,
      fix: 'add --env prod, or choose another environment',
    };
  if (given.credentials === null)
    return {
      type: 'refused',
      what: 'the environment prod has no API key of its own',
      fix: 'set credentials.prod.key_id and credentials.prod.private_key_path',
    };
  if (given.flagGiven) return { type: 'agreed', realMoney: true };
  if (given.typed === null) return { type: 'ask', phrase: AGREEMENT_PHRASE, flag: AGREEMENT_FLAG };
  if (given.typed.trim() === AGREEMENT_PHRASE) return { type: 'agreed', realMoney: true };
  return {
    type: 'refused',
    what: 'the phrase was not typed as asked',
    fix: `type exactly ${JSON.stringify(AGREEMENT_PHRASE)}, or give ${AGREEMENT_FLAG}`,
  };
};
