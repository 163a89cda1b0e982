/** Subaccounts and moves of money between them and between shards (reference 5.2). */
import { cash, type Cash } from '../../domain/units.js';
import { cashOfCents, dollars } from './encode.js';
import type { BodyRules } from './go-json.js';
import { pageBody, pageOf } from './pages.js';
import { badRequest, created, notFound, ok, refusal, ReplyError, type Reply } from './replies.js';
import { forbidden, refused, type Route, type SignedCall } from './routes.js';
import { unixSeconds } from './times.js';

const LIMIT = { max: 1000, default: 100 };
const SHARD_LIMIT = { max: 500, default: 100 };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** A centi-cent, the unit of shard moves, is 0.0001 $. */
const CASH_PER_CENTICENT = 100;

const CREATE: BodyRules = { name: 'CreateSubaccountRequest', fields: { exchange_index: { type: 'int32' } } };
const TRANSFER: BodyRules = {
  name: 'ApplySubaccountTransferRequest',
  fields: {
    client_transfer_id: { type: 'string', required: true },
    from_subaccount: { type: 'int' },
    to_subaccount: { type: 'int' },
    amount_cents: { type: 'int64' },
    exchange_index: { type: 'int32' },
  },
};
const NETTING: BodyRules = {
  name: 'UpdateSubaccountNettingRequest',
  fields: { subaccount_number: { type: 'int' }, enabled: { type: 'bool' } },
};
const SHARD_MOVE: BodyRules = {
  name: 'IntraExchangeInstanceTransferRequest',
  fields: {
    source: { type: 'string', required: true, oneOf: ['event_contract', 'margined'] },
    destination: { type: 'string', required: true, oneOf: ['event_contract', 'margined'] },
    amount: { type: 'int64' },
    source_exchange_shard: { type: 'int32' },
    destination_exchange_shard: { type: 'int32' },
    source_subaccount: { type: 'int' },
    destination_subaccount: { type: 'int' },
    client_transfer_id: { type: 'string' },
  },
};

const notForLockedKeys = (call: SignedCall): void => {
  if (call.key.subaccount !== null) throw new ReplyError(forbidden);
};

const known = (call: SignedCall, number: number): number => {
  if (!call.services.subaccounts.has(call.account, number)) throw new ReplyError(notFound);
  return number;
};

/** From the Advanced tier upwards. */
const createSubaccount = (call: SignedCall): Reply => {
  notForLockedKeys(call);
  if (call.services.budgetOf(call.account).tier === 'basic') return forbidden;
  const number = call.services.subaccounts.open(call.account);
  return number === null ? refusal(400, 'invalid_parameters', 'all 63 subaccounts are open') : created({ subaccount_number: number });
};

interface Move {
  readonly id: string;
  readonly from: { readonly shard: number; readonly subaccount: number };
  readonly to: { readonly shard: number; readonly subaccount: number };
  readonly amount: number;
  readonly cash: Cash;
  readonly kind: 'subaccount' | 'shard';
}

/** Carries out a move at once and remembers it. null where it was done. */
const carryOut = (call: SignedCall, move: Move): Reply | null => {
  notForLockedKeys(call);
  known(call, move.from.subaccount);
  known(call, move.to.subaccount);
  const { exchange, subaccounts } = call.services;
  const answer = exchange.transfer(call.account, { transferId: move.id, from: move.from, to: move.to, amount: move.cash });
  if (!answer.ok) return refused(answer.refusal);
  subaccounts.note(call.account, { id: move.id, from: move.from, to: move.to, amount: move.amount, at: call.now, kind: move.kind });
  return null;
};

const transfer = (call: SignedCall): Reply => {
  const { body } = call;
  const id = body.requiredText('client_transfer_id');
  if (!UUID.test(id)) return badRequest('client_transfer_id must be a UUID');
  const amount = body.number('amount_cents') ?? 0;
  const shard = body.number('exchange_index') ?? 0;
  const move = {
    id,
    from: { shard, subaccount: body.number('from_subaccount') ?? 0 },
    to: { shard, subaccount: body.number('to_subaccount') ?? 0 },
    amount,
    cash: cashOfCents(amount),
    kind: 'subaccount',
  } as const;
  return carryOut(call, move) ?? ok({});
};

const moveBetweenShards = (call: SignedCall): Reply => {
  const { body } = call;
  if (body.text('source') !== 'event_contract' || body.text('destination') !== 'event_contract')
    return refusal(503, 'service_unavailable', undefined, 'service_unavailable');
  const amount = body.number('amount') ?? 0;
  const id =
    body.text('client_transfer_id') ?? `shard-move-${call.now}-${call.services.subaccounts.transfers(call.account, 'shard').length}`;
  const move = {
    id,
    from: { shard: body.number('source_exchange_shard') ?? 0, subaccount: body.number('source_subaccount') ?? 0 },
    to: { shard: body.number('destination_exchange_shard') ?? 0, subaccount: body.number('destination_subaccount') ?? 0 },
    amount,
    cash: cash(amount * CASH_PER_CENTICENT),
    kind: 'shard',
  } as const;
  return carryOut(call, move) ?? ok({ transfer_id: id });
};

const getBalances = (call: SignedCall): Reply => {
  const { services, account, key } = call;
  const numbers = key.subaccount === null ? services.subaccounts.of(account) : [key.subaccount];
  const balances = numbers.flatMap((number) => {
    const balance = services.exchange.balance(account, { subaccount: number });
    return balance.shards.map((part) => ({
      balance: dollars(part.balance),
      exchange_index: part.shard,
      subaccount_number: number,
      updated_ts: unixSeconds(balance.at),
    }));
  });
  return ok({ subaccount_balances: balances });
};

const getTransfers = (call: SignedCall): Reply => {
  const limit = call.query.limit(LIMIT);
  const page = pageOf(call.services.subaccounts.transfers(call.account, 'subaccount'), limit, call.query.text('cursor'), (past) => past.id);
  return ok(
    pageBody('transfers', page, (past) => ({
      amount_cents: past.amount,
      created_ts: unixSeconds(past.at),
      exchange_index: past.from.shard,
      from_subaccount: past.from.subaccount,
      to_subaccount: past.to.subaccount,
      transfer_id: past.id,
    })),
  );
};

const getShardMoves = (call: SignedCall): Reply => {
  const limit = call.query.limit(SHARD_LIMIT);
  const page = pageOf(call.services.subaccounts.transfers(call.account, 'shard'), limit, call.query.text('cursor'), (past) => past.id);
  return ok(
    pageBody('transfers', page, (past) => ({
      amount: dollars(cash(past.amount * CASH_PER_CENTICENT)),
      created_ts: unixSeconds(past.at),
      destination: 'event_contract',
      destination_exchange_shard: past.to.shard,
      source: 'event_contract',
      source_exchange_shard: past.from.shard,
      status: 'completed',
      transfer_id: past.id,
    })),
  );
};

const getNetting = (call: SignedCall): Reply => {
  const configs = [...call.services.subaccounts.netting(call.account)];
  return ok({ netting_configs: configs.map(([number, enabled]) => ({ enabled, exchange_index: 0, subaccount_number: number })) });
};

/** Kept and told; positions are net per market in any case. */
const setNetting = (call: SignedCall): Reply => {
  notForLockedKeys(call);
  const number = known(call, call.body.number('subaccount_number') ?? 0);
  call.services.subaccounts.setNetting(call.account, number, call.body.flag('enabled'));
  return ok({});
};

const SUBACCOUNTS = '/portfolio/subaccounts';
const MOVES = '/portfolio/intra_exchange_instance_transfer';
/** Not order flow: these draw on the read budget, like everything that is neither order nor group nor quote. */
const fromReads = (_call: SignedCall, cost: number) => ({ cost, scope: null });

export const SUBACCOUNT_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    pattern: SUBACCOUNTS,
    operation: 'CreateSubaccount',
    access: 'write',
    body: CREATE,
    charge: fromReads,
    handle: createSubaccount,
  },
  {
    method: 'POST',
    pattern: `${SUBACCOUNTS}/transfer`,
    operation: 'ApplySubaccountTransfer',
    access: 'write',
    body: TRANSFER,
    charge: fromReads,
    handle: transfer,
  },
  { method: 'GET', pattern: `${SUBACCOUNTS}/balances`, operation: 'GetSubaccountBalances', access: 'read', handle: getBalances },
  { method: 'GET', pattern: `${SUBACCOUNTS}/transfers`, operation: 'GetSubaccountTransfers', access: 'read', handle: getTransfers },
  { method: 'GET', pattern: `${SUBACCOUNTS}/netting`, operation: 'GetSubaccountNetting', access: 'read', handle: getNetting },
  {
    method: 'PUT',
    pattern: `${SUBACCOUNTS}/netting`,
    operation: 'UpdateSubaccountNetting',
    access: 'write',
    body: NETTING,
    charge: fromReads,
    handle: setNetting,
  },
  {
    method: 'POST',
    pattern: MOVES,
    operation: 'IntraExchangeInstanceTransfer',
    access: 'write',
    body: SHARD_MOVE,
    charge: fromReads,
    handle: moveBetweenShards,
  },
  { method: 'GET', pattern: `${MOVES}s`, operation: 'GetIntraExchangeInstanceTransfers', access: 'read', handle: getShardMoves },
];
