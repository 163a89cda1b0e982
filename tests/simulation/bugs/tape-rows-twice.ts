/** Rows of the tape are written twice. */
import type { AppendFile } from '../../../src/domain/ports.js';
import { TapeSink as Original } from '../../../src/logger/tape-sink.js';
import type { TapeConsumer } from '../../../src/logger/tape-ring.js';

export * from '../../../src/logger/tape-sink.js';

export class TapeSink extends Original {
  constructor(ring: TapeConsumer, file: AppendFile) {
    super(ring, {
      append: (bytes) => {
        file.append(bytes);
        file.append(bytes);
      },
      close: () => file.close(),
    });
  }
}
