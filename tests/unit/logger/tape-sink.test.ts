import fc from 'fast-check';
import { stringify } from 'csv-stringify/sync';
import { expect, test } from 'vitest';
import { ticker } from '../../../src/domain/ids.js';
import { ringMemory, TapeConsumer, TapeProducer } from '../../../src/logger/tape-ring.js';
import { formatTapeRow, tapeRowOf } from '../../../src/logger/tape-row.js';
import { TapeSink } from '../../../src/logger/tape-sink.js';
import { decisions } from './arbitrary.js';

const names = fc.oneof(
  fc.constantFrom('KXBTCD-26NOV2117-T90000', 'a,b', 'say "no"', 'two\nlines', 'Ä'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

test('with or without names that need quotes, the tape is what the CSV library makes of the same rows', () => {
  fc.assert(
    fc.property(fc.array(decisions, { maxLength: 8 }), names, names, (list, name, code) => {
      const rows = list.map((d) => ({ ...d, market: 0 as typeof d.market, noBid: { code, text: '' }, noAsk: null }));
      const memory = ringMemory(8);
      const producer = new TapeProducer(memory);
      let text = '';
      const sink = new TapeSink(new TapeConsumer(memory), {
        append: (bytes) => {
          text += Buffer.from(bytes).toString('utf8');
        },
        close: () => undefined,
        lastLine: () => '',
      });
      sink.nameMarket(0, ticker(name));
      sink.nameReason(1, code);
      for (const row of rows) producer.put(row, 1, 0, 5);
      sink.write(rows.length);
      const expected = rows.map((row, i) => formatTapeRow(tapeRowOf(row, ticker(name), 5, i + 1)));
      expect(text).toBe(stringify(expected));
      expect(sink.rows).toBe(rows.length);
    }),
  );
});
