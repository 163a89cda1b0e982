/**
 * Values of indices on the exchange's own channels, `cfbenchmarks_value` and `pyth_value` (asyncapi of 2026-11: payloads cfbenchmarksValuePayload and pythValuePayload).
 * CF Benchmarks' frame comes as a text within the message, as its source wrote it.
 */
import type { EpochUs } from '../domain/units.js';
import { Fields, isObject, MalformedFrameError, show } from './wire-fields.js';

export interface WireIndex {
  readonly type: 'index';
  readonly index: string;
  /** Finite and above 0. */
  readonly value: number;
  /** Stamp of the index itself, not of the exchange. */
  readonly asOf: EpochUs;
}

const DECIMAL = /^\d{1,12}(\.\d{1,18})?$/;
/** A raw frame is a hundred characters. */
const DATA_MAX = 4096;

export const decodeCfBenchmarks = (msg: Fields): WireIndex => {
  const index = msg.text('index_id');
  const data = rawFrame(msg);
  if (data.text('type') !== 'value') data.refuse('type', 'value');
  if (data.text('id') !== index) data.refuse('id', `the index of the message, ${index}`);
  return { type: 'index', index, value: valueOf(data, 'value'), asOf: data.millis('time') };
};

export const decodePyth = (msg: Fields): WireIndex => ({
  type: 'index',
  index: msg.text('underlying_ticker'),
  value: valueOf(msg, 'value_usd'),
  asOf: msg.millis('source_ts_ms'),
});

const rawFrame = (msg: Fields): Fields => {
  const text = msg.value('data');
  const refuse = (): never => {
    throw new MalformedFrameError(`${msg.path}.data`, 'a JSON object as text', show(text), null);
  };
  if (typeof text !== 'string' || text.length > DATA_MAX) return refuse();
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? new Fields(`${msg.path}.data`, value, null) : refuse();
  } catch (error) {
    if (error instanceof MalformedFrameError) throw error;
    return refuse();
  }
};

const valueOf = (fields: Fields, name: string): number => {
  const text = fields.value(name);
  const value = typeof text === 'string' && DECIMAL.test(text) ? Number(text) : 0;
  return value > 0 ? value : fields.refuse(name, 'a decimal text above 0');
};
