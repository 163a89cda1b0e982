/** What the checks look at, and what earlier checks have found out for later ones. */
import type { CommandContext } from '../../../cli/command.js';
import type { LoadedConfig } from '../../../config/config-file.js';
import type { Catalog } from '../../../connector/catalog-loader.js';
import type { Result } from '../../../connector/rest-result.js';
import type { ExchangeSchedule, ExchangeState } from '../../../connector/rest-market-data.js';
import { assert } from '../../../domain/errors.js';
import type { Access } from '../../access.js';
import type { ExchangeClient } from '../../exchange-client.js';
import type { Host } from '../../host.js';

/** Everything that may be known; a check that sets one is named behind it. */
interface Known {
  /** configuration */
  readonly config: LoadedConfig;
  /** private key */
  readonly access: Access;
  /** rest */
  readonly state: ExchangeState;
  /** rest */
  readonly schedule: Result<ExchangeSchedule>;
  /** How far the exchange's clock is ahead, in microseconds, to about half a second: rest */
  readonly clockOffset: number;
  /** key accepted */
  readonly client: ExchangeClient;
  /** markets */
  readonly catalog: Catalog;
}

export class Patient {
  readonly #known: Partial<Known> = {};

  constructor(
    readonly context: CommandContext,
    readonly host: Host,
    readonly variables: Readonly<Record<string, string | undefined>>,
  ) {}

  learn<K extends keyof Known>(name: K, value: Known[K]): void {
    this.#known[name] = value;
  }

  has(name: keyof Known): boolean {
    return this.#known[name] !== undefined;
  }

  /** What an earlier check has learnt; asking before that is a fault of ours. */
  get<K extends keyof Known>(name: K): Known[K] {
    const value = this.#known[name];
    assert(value !== undefined, `the doctor knows no ${name} yet: a check lacks a need`);
    return value;
  }

  /** Ends what was opened on the way. */
  async close(): Promise<void> {
    await this.#known.client?.close();
    await this.#known.access?.close();
  }
}

export const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
/** The first few of a list, and how many more. */
export const some = (names: readonly string[], most = 4): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
