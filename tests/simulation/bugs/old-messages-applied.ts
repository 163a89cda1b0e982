/** A message of the stream that comes again is applied again. */
import { Sequence as Original, type SequenceVerdict } from '../../../src/connector/sequence.js';

export * from '../../../src/connector/sequence.js';

export class Sequence extends Original {
  override take(seq: number): SequenceVerdict {
    const verdict = super.take(seq);
    return verdict === 'old' ? 'next' : verdict;
  }
}
