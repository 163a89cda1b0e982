/** Reads switches of the exchange from texts such as `groupTriggersAt=limit`: by name, with every value checked. */
import { nearestName } from '../../domain/near-name.js';
import { cash, durationUs, epochUs, quantity } from '../../domain/units.js';
import { DEFAULT_SWITCHES, type PublishKind, type Switches } from '../core/switches.js';
import type { Refusal, UpdateReason } from '../core/words.js';
import { ExchangeOptionError } from './options.js';

/** How one switch is read; null where the text is not one of its values. */
interface Reading<Value> {
  readonly expected: string;
  readonly read: (text: string) => { readonly value: Value } | null;
}

const words = <const Word extends string>(...allowed: readonly Word[]): Reading<Word> => ({
  expected: allowed.join(' | '),
  read: (text) => {
    const value = allowed.find((word) => word === text);
    return value === undefined ? null : { value };
  },
});

const flag: Reading<boolean> = {
  expected: 'true | false',
  read: (text) => (text === 'true' || text === 'false' ? { value: text === 'true' } : null),
};

const whole = <Value extends number>(expected: string, make: (units: number) => Value): Reading<Value> => ({
  expected: `a whole number: ${expected}`,
  read: (text) => (/^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? { value: make(Number(text)) } : null),
});

const REASONS = [
  'Decrease',
  'Amend',
  'MarginCancel',
  'SelfTradeCancel',
  'ExpiryCancel',
  'CloseCancel',
  'HaltCancel',
  'Trade',
  'PostOnlyCrossCancel',
  'ReduceOnlyCancel',
  'SettlementBoundsCancel',
] as const satisfies readonly UpdateReason[];

const reason: Reading<UpdateReason | null> = {
  expected: `none | ${REASONS.join(' | ')}`,
  read: (text) => (text === 'none' ? { value: null } : words(...REASONS).read(text)),
};

const STATUSES: readonly Refusal['status'][] = [400, 403, 404, 409, 503];

/** `409:trading_is_paused`, or with details `400:invalid_order:order group triggered`. */
const refusal: Reading<Refusal> = {
  expected: `STATUS:code or STATUS:code:details, with a status of ${STATUSES.join(', ')}`,
  read: (text) => {
    const [number, code, ...rest] = text.split(':');
    const status = STATUSES.find((known) => String(known) === number);
    if (status === undefined || code === undefined || !/^[a-z0-9_]+$/i.test(code)) return null;
    const details = rest.join(':');
    return { value: { status, code, message: code.replaceAll('_', ' '), ...(details === '' ? {} : { details }) } };
  },
};

const KINDS = ['book', 'trade', 'fill', 'order', 'position', 'group', 'other', 'ticker'] as const satisfies readonly PublishKind[];

const publishOrder: Reading<readonly PublishKind[]> = {
  expected: `all of ${KINDS.join(',')} in the wanted order, with commas`,
  read: (text) => {
    const kinds = text.split(',').map((word) => KINDS.find((kind) => kind === word));
    const known = kinds.filter((kind) => kind !== undefined);
    return known.length === kinds.length && new Set(known).size === KINDS.length ? { value: known } : null;
  },
};

const READINGS: { readonly [Name in keyof Switches]: Reading<Switches[Name]> } = {
  groupTriggersAt: words('above-limit', 'limit'),
  reasonOfGroupCancel: reason,
  reasonOfUserCancel: reason,
  reasonOfIocRest: reason,
  reasonOfReactivation: reason,
  groupTriggeredRefusal: refusal,
  tradingPauseRefusal: refusal,
  exchangePauseRefusal: refusal,
  inactiveMarketRefusal: refusal,
  cancelWhileInactive: flag,
  decreaseWhilePaused: flag,
  marketPauseCancels: flag,
  postOnlyCrossRecord: flag,
  amendPostOnlyCross: words('refuse', 'cancel', 'fill'),
  amendToFilled: words('cancel', 'refuse'),
  iocWithoutFill: words('accept', 'refuse'),
  reduceOnlyWithoutPosition: words('cancel', 'refuse'),
  unroutedOrderCalls: words('shard-0', 'every-shard'),
  feeHold: words('at-limit-price', 'none'),
  balanceExcludesResting: flag,
  portfolioMark: words('last-price', 'cost'),
  shortageCode: words('insufficient_balance', 'available_balance_too_low'),
  fineFeesSince: whole('microseconds since 1970', epochUs),
  flatFee: whole('millionths of a dollar per contract', cash),
  orderSizeMax: whole('hundredths of a contract', quantity),
  openOrdersMax: whole('orders', Number),
  cancelAllTail: words('spare', 'sweep', 'every-order'),
  cancelAllTailLength: whole('microseconds', durationUs),
  closeCancelDelay: whole('microseconds', durationUs),
  queuePositionsOnAllShards: flag,
  publishOrder,
};

/** Names of all switches with the values each takes: for help and documentation. */
export const SWITCH_VALUES: readonly { readonly name: string; readonly expected: string }[] = Object.entries(READINGS).map(
  ([name, { expected }]) => ({
    name,
    expected,
  }),
);

const isSwitch = (name: string): name is keyof Switches => Object.hasOwn(READINGS, name);

/**
 * The default switches with those changes.
 * @param texts each `name=value`
 * @throws ExchangeOptionError for an unknown name or value, saying which there are
 */
export const readSwitches = (texts: readonly string[]): Switches => {
  const changes: Partial<Record<keyof Switches, unknown>> = {};
  for (const text of texts) {
    const mark = text.indexOf('=');
    const name = mark < 0 ? text : text.slice(0, mark);
    if (!isSwitch(name)) {
      const near = nearestName(name, Object.keys(READINGS));
      throw new ExchangeOptionError(
        `switch "${name}" does not exist; ${near === null ? `there are ${Object.keys(READINGS).join(', ')}` : `did you mean ${near}?`}`,
      );
    }
    const read = mark < 0 ? null : READINGS[name].read(text.slice(mark + 1));
    if (read === null)
      throw new ExchangeOptionError(`switch ${name}: expected ${READINGS[name].expected}, got "${text.slice(mark + 1, mark + 80)}"`);
    changes[name] = read.value;
  }
  return { ...DEFAULT_SWITCHES, ...(changes as Partial<Switches>) };
};
