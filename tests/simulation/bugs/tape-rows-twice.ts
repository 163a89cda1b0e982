/** Rows of the tape are written twice. */
import { TapeSink as Original, type TapeFile } from '../../../src/logger/tape-sink.js';
import type { TapeConsumer } from '../../../src/logger/tape-ring.js';

export * from '../../../src/logger/tape-sink.js';

export class TapeSink extends Original {
  constructor(ring: TapeConsumer, file: TapeFile) {
    super(ring, {
      append: (bytes) => {
        file.append(bytes);
        file.append(bytes);
      },
      close: () => file.close(),
      lastLine: () => file.lastLine(),
    });
  }
}
