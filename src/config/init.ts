/** The wizard that makes a first configuration, as a machine of questions and answers: it reads no keyboard and no file. */
import { nearestName } from '../domain/near-name.js';
import { renderConfig } from './example.js';
import { LEAVES, type Leaf } from './schema.js';
import { valueOfText } from './text-source.js';
import type { FieldValue } from './fields.js';
import { mergeConfig } from './merge.js';
import { ConfigError } from './issue.js';

/** What is wrong with a key file, in words with a fix, or null; handed in, since only the shell may look. */
export type CheckKeyFile = (path: string) => string | null;

export interface Question {
  readonly type: 'ask';
  /** Path of the key that is asked for. */
  readonly key: string;
  readonly text: string;
  /** Taken when the answer is empty. */
  readonly suggestion: string | null;
  /** Why the last answer was not taken. */
  readonly problem: string | null;
}

export interface Finished {
  readonly type: 'done';
  readonly yaml: string;
  /** What was chosen, by path. */
  readonly chosen: ReadonlyMap<string, FieldValue>;
}

interface Step {
  readonly key: string;
  readonly text: string;
  readonly suggestion: string | null;
  /** Without an answer there is no configuration. */
  readonly required?: boolean;
}

const ENVIRONMENT: Step = {
  key: 'environment',
  text: 'Where do you want to trade? sim needs no account, demo is the test exchange, prod is real money',
  suggestion: 'sim',
};

const OFFERED = ['sim', 'demo', 'prod'];

const keySteps = (environment: string): readonly Step[] => [
  { key: `credentials.${environment}.key_id`, text: `Id of your ${environment} API key`, suggestion: null, required: true },
  { key: `credentials.${environment}.private_key_path`, text: 'Path of its private key file', suggestion: null, required: true },
  {
    key: `credentials.${environment}.passphrase_env`,
    text: 'Name of the variable that holds its passphrase (empty if the key is not encrypted)',
    suggestion: '',
  },
  { key: 'markets.tickers', text: 'Tickers to quote, separated by commas (empty to name series instead)', suggestion: '' },
];

/** Their suggestion is whatever is in force when they are asked. */
const LIMITS: readonly Step[] = [
  { key: 'strategy.order_size_contracts', text: 'Contracts per quote', suggestion: null },
  { key: 'risk.position_max_contracts', text: 'Most contracts to hold per market', suggestion: null },
  { key: 'risk.loss_max_session_dollars', text: 'Loss in dollars at which trading stops', suggestion: null },
];

const SERIES: Step = { key: 'markets.series', text: 'Series to quote, separated by commas', suggestion: null, required: true };

export class InitWizard {
  #chosen = new Map<string, FieldValue>();
  readonly #steps: Step[] = [ENVIRONMENT];
  readonly #checkKeyFile: CheckKeyFile;
  #current: Question | Finished;

  constructor(checkKeyFile: CheckKeyFile) {
    this.#checkKeyFile = checkKeyFile;
    this.#current = this.#ask(null);
  }

  /** The open question, or the result. */
  get current(): Question | Finished {
    return this.#current;
  }

  /** Takes an answer, or says what is wrong with it and asks again. */
  answer(text: string): Question | Finished {
    const step = this.#steps[0];
    if (step === undefined) return this.#current;
    const problem = this.#take(step, text.trim());
    if (problem === null) this.#steps.shift();
    this.#current = this.#steps.length > 0 ? this.#ask(problem) : this.#finish();
    return this.#current;
  }

  #ask(problem: string | null): Question {
    const step = this.#steps[0] as Step;
    return { type: 'ask', key: step.key, text: step.text, suggestion: this.#suggestion(step), problem };
  }

  #suggestion(step: Step): string | null {
    return LIMITS.includes(step) ? String(this.#valueOf(step.key)) : step.suggestion;
  }

  /** @returns why the answer is refused, or null where it was taken */
  #take(step: Step, text: string): string | null {
    const answer = text === '' ? this.#suggestion(step) : text;
    if (answer === null || (answer === '' && step.required === true)) return 'an answer is needed here';
    if (step === ENVIRONMENT) return this.#takeEnvironment(answer);
    if (answer !== '') {
      const problem = this.#takeValue(step.key, answer);
      if (problem !== null) return problem;
    }
    if (step.key === 'markets.tickers' && answer === '') this.#steps.splice(1, 0, SERIES);
    return null;
  }

  #takeEnvironment(answer: string): string | null {
    if (!OFFERED.includes(answer)) {
      const near = nearestName(answer, OFFERED);
      return `expected one of ${OFFERED.join(', ')}, got ${JSON.stringify(answer)}${near === null ? '' : ` (did you mean ${near})`}`;
    }
    // Real money is chosen anew with every start, never by a file.
    this.#chosen.set('environment', answer === 'prod' ? 'sim' : answer);
    this.#steps.push(...(answer === 'sim' ? [] : keySteps(answer)), ...LIMITS);
    return null;
  }

  #takeValue(key: string, answer: string): string | null {
    const leaf = LEAVES.get(key) as Leaf;
    const value = valueOfText(leaf, answer);
    if (!leaf.schema.safeParse(value).success) return `expected ${leaf.rule}`;
    const before = new Map(this.#chosen);
    this.#chosen.set(key, value as FieldValue);
    const problem = key.endsWith('.private_key_path') ? this.#checkKeyFile(answer) : this.#inconsistency(key);
    if (problem !== null) this.#chosen = before;
    return problem;
  }

  /** Limits that hang on the one just given move with it; whatever is still wrong is told. */
  #inconsistency(answered: string): string | null {
    const size = Number(this.#valueOf('strategy.order_size_contracts'));
    // The position limit is asked for after the size, so until then it may follow.
    if (answered === 'strategy.order_size_contracts') this.#atLeast('risk.position_max_contracts', size);
    const position = Number(this.#valueOf('risk.position_max_contracts'));
    if (size > position) return `expected at least ${size}, the contracts of one quote`;
    this.#atLeast('risk.order_size_max_contracts', size);
    this.#atMost('risk.order_size_max_contracts', position);
    this.#atLeast('risk.position_max_event_contracts', position);
    this.#atLeast('risk.position_max_account_contracts', position);
    this.#atMost('risk.loss_max_market_dollars', Number(this.#valueOf('risk.loss_max_session_dollars')));
    try {
      mergeConfig({ file: null, variables: {}, overrides: this.#overrides() });
      return null;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const issue = error.issues.find((candidate) => !candidate.key.startsWith('credentials.'));
      return issue === undefined ? null : `${issue.key}: expected ${issue.rule}; ${issue.fix}`;
    }
  }

  #valueOf(key: string): FieldValue {
    return this.#chosen.get(key) ?? (LEAVES.get(key) as Leaf).default;
  }

  #atLeast(key: string, value: number): void {
    if (Number(this.#valueOf(key)) < value) this.#chosen.set(key, value);
  }

  #atMost(key: string, value: number): void {
    if (Number(this.#valueOf(key)) > value) this.#chosen.set(key, value);
  }

  #overrides() {
    return [...this.#chosen].map(([key, value]) => ({ key, text: Array.isArray(value) ? value.join(',') : String(value), flag: 'answer' }));
  }

  #finish(): Finished {
    return { type: 'done', yaml: renderConfig(this.#chosen), chosen: this.#chosen };
  }
}
