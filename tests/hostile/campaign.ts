/**
 * Throws mutated input at one door and judges what comes of it. Same seed, same input. A judge answers with one word for what became of the input (that is
 * how everything is counted somewhere) and throws for whatever must not be.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Random } from './random.js';
import { shrinkBytes } from './shrink.js';

export const SEED = Number(process.env['KMM_HOSTILE_SEED'] ?? 20_261_121);
const FULL = process.env['KMM_FULL'] === '1';
const QUICK_TOTAL = 50_000;
const FULL_TOTAL = 1_000_000;
const TOTAL = Number(process.env['KMM_HOSTILE_COUNT'] ?? (FULL ? FULL_TOTAL : QUICK_TOTAL));

/** Time for the longest campaign of a full run on a busy machine. */
export const TEST_TIMEOUT = 900_000;

/** How many of all messages one campaign takes. */
export const share = (part: number): number => Math.max(1, Math.ceil(TOTAL * part));

const STALL_MS = 100;
const STALL_TRIES = 5;

/** Whether so many milliseconds for one message are too many. */
export const stallOf = (ms: number): boolean => ms > STALL_MS;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
setFlagsFromString('--no-expose-gc');

/** Heap in use after a collection, taken at even distances over a run. */
export class HeapWatch {
  readonly #samples: number[] = [];

  sample(): void {
    collectGarbage();
    this.#samples.push(process.memoryUsage().heapUsed);
  }

  /** @throws Error where the last fifth uses more than the first by 20 % and 8 MB */
  judge(): void {
    const fifth = Math.max(1, Math.floor(this.#samples.length / 5));
    const first = medianOf(this.#samples.slice(0, fifth));
    const last = medianOf(this.#samples.slice(-fifth));
    if (last > first * 1.2 + 8 * 1024 * 1024)
      throw new Error(`memory is not flat: ${(first / 1e6).toFixed(1)} MB at the beginning, ${(last / 1e6).toFixed(1)} MB at the end`);
  }
}

const medianOf = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

const HEAP_SAMPLES = 15;

export interface Campaign {
  readonly name: string;
  readonly count: number;
  /** The next input, from its own draws alone. */
  readonly input: (random: Random) => Buffer;
  /** Longest time that one input may take, in ms; 100 unless told. What is read only at the start of a run may take longer. */
  readonly stallMs?: number;
  /** What became of the input; throws for what must not be. */
  readonly judge: (input: Buffer) => string | Promise<string>;
}

/** How often each word was answered. */
export type Tally = ReadonlyMap<string, number>;

/** @throws Error with seed, number and the shrunken input of the first failure */
export const run = async (campaign: Campaign): Promise<Tally> => {
  const tally = new Map<string, number>();
  const heap = new HeapWatch();
  const between = Math.max(1, Math.floor(campaign.count / HEAP_SAMPLES));
  for (let number = 0; number < campaign.count; number++) {
    const input = inputOf(campaign, number);
    const before = performance.now();
    let word: string;
    try {
      const answer = campaign.judge(input);
      word = typeof answer === 'string' ? answer : await answer;
    } catch (error) {
      throw await failure(campaign, number, input, error);
    }
    if (performance.now() - before > stallMsOf(campaign)) await proveNoStall(campaign, number, input);
    tally.set(word, (tally.get(word) ?? 0) + 1);
    if (number % between === between - 1) heap.sample();
  }
  heap.judge();
  return tally;
};

const stallMsOf = (campaign: Campaign): number => campaign.stallMs ?? STALL_MS;

const inputOf = ({ name, input }: Campaign, number: number): Buffer => input(new Random(SEED, `${name} ${number}`));

/** A busy machine is slow now and then; an input that is slow every time is a stall. */
const proveNoStall = async (campaign: Campaign, number: number, input: Buffer): Promise<void> => {
  let least = Infinity;
  for (let i = 0; i < STALL_TRIES; i++) {
    const before = performance.now();
    await campaign.judge(input);
    least = Math.min(least, performance.now() - before);
  }
  if (least > stallMsOf(campaign)) throw await failure(campaign, number, input, new Error(`a stall of ${least.toFixed(0)} ms at least`));
};

const SHRUNK_MAX = 4096;
const SHOWN_MAX = 2000;

const failure = async ({ name, judge }: Campaign, number: number, input: Buffer, cause: unknown): Promise<Error> => {
  const fails = async (bytes: Buffer): Promise<boolean> => {
    try {
      await judge(bytes);
      return false;
    } catch {
      return true;
    }
  };
  const small = input.length <= SHRUNK_MAX && (await fails(input)) ? await shrinkBytes(input, fails) : input;
  return new Error(
    `${name}, seed ${SEED}, message ${number}: ${textOfError(cause)}\n` +
      `input (${small.length} of ${input.length} bytes): ${JSON.stringify(small.toString('latin1').slice(0, SHOWN_MAX))}`,
    { cause },
  );
};

export const textOfError = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
