/** Order groups (reference 5.1). */
import { InvalidUnitError } from '../../domain/errors.js';
import { orderGroupId } from '../../domain/ids.js';
import { parseQuantity, quantity, QUANTITY_PER_CONTRACT, type Quantity } from '../../domain/units.js';
import type { GroupAddress } from '../core/types.js';
import { groupBody, groupWithOrdersBody } from './encode-account.js';
import { type Body, type BodyRules } from './go-json.js';
import { badRequest, created, notFound, ok, refusal, ReplyError, type Reply } from './replies.js';
import { given, refused, subaccountOfBody, subaccountOrAll, subaccountOrPrimary, type Route, type SignedCall } from './routes.js';

const LIMIT_FIELDS = { contracts_limit: { type: 'int64' }, contracts_limit_fp: { type: 'string' } } as const;

const CREATE: BodyRules = {
  name: 'CreateOrderGroupRequest',
  fields: { ...LIMIT_FIELDS, subaccount: { type: 'int' }, exchange_index: { type: 'int32' } },
};
const UPDATE: BodyRules = { name: 'UpdateOrderGroupLimitRequest', fields: LIMIT_FIELDS };

const readLimit = (body: Body): Quantity => {
  const text = body.text('contracts_limit_fp');
  const whole = body.number('contracts_limit');
  if (text === null && whole === null) throw new ReplyError(badRequest('contracts_limit or contracts_limit_fp must be given'));
  if (text === null) return quantity((whole ?? 0) * QUANTITY_PER_CONTRACT);
  try {
    return parseQuantity(text);
  } catch (error) {
    if (!(error instanceof InvalidUnitError)) throw error;
    throw new ReplyError(refusal(400, 'invalid_parameters', 'contracts_limit_fp must be a number with at most two decimals'));
  }
};

const addressOf = (call: SignedCall): GroupAddress => ({
  group: orderGroupId(call.args['order_group_id'] ?? ''),
  subaccount: subaccountOrPrimary(call),
  // An omitted shard is shard 0, and a mismatch is "not found".
  shard: call.query.integer('exchange_index') ?? 0,
});

const createGroup = (call: SignedCall): Reply => {
  const answer = call.services.exchange.createGroup(call.account, {
    limit: readLimit(call.body),
    subaccount: subaccountOfBody(call, call.body),
    shard: call.body.number('exchange_index') ?? 0,
  });
  if (!answer.ok) return refused(answer.refusal);
  return created({ exchange_index: answer.shard, order_group_id: answer.group, subaccount: answer.subaccount });
};

/** An account without groups gets an empty object (recorded). */
const listGroups = (call: SignedCall): Reply => {
  const groups = call.services.exchange.groups(call.account, given('subaccount', subaccountOrAll(call)));
  return ok(groups.length === 0 ? {} : { order_groups: groups.map(groupBody) });
};

const getGroup = (call: SignedCall): Reply => {
  const id = orderGroupId(call.args['order_group_id'] ?? '');
  const group = call.services.exchange.groups(call.account, given('subaccount', subaccountOrAll(call))).find((one) => one.group === id);
  return group === undefined ? notFound : ok(groupWithOrdersBody(group));
};

const setLimit = (call: SignedCall): Reply => {
  const answer = call.services.exchange.setGroupLimit(call.account, addressOf(call), readLimit(call.body));
  return answer.ok ? ok({}) : refused(answer.refusal);
};

const act =
  (verb: 'triggerGroup' | 'resetGroup' | 'deleteGroup') =>
  (call: SignedCall): Reply => {
    const answer = call.services.exchange[verb](call.account, addressOf(call));
    return answer.ok ? ok({}) : refused(answer.refusal);
  };

const GROUPS = '/portfolio/order_groups';
const GROUP = `${GROUPS}/:order_group_id`;

export const GROUP_ROUTES: readonly Route[] = [
  { method: 'POST', pattern: `${GROUPS}/create`, operation: 'CreateOrderGroup', access: 'write', body: CREATE, handle: createGroup },
  { method: 'GET', pattern: GROUPS, operation: 'GetOrderGroups', access: 'read', handle: listGroups },
  { method: 'GET', pattern: GROUP, operation: 'GetOrderGroup', access: 'read', handle: getGroup },
  { method: 'PUT', pattern: `${GROUP}/limit`, operation: 'UpdateOrderGroupLimit', access: 'write', body: UPDATE, handle: setLimit },
  { method: 'PUT', pattern: `${GROUP}/trigger`, operation: 'TriggerOrderGroup', access: 'write', handle: act('triggerGroup') },
  { method: 'PUT', pattern: `${GROUP}/reset`, operation: 'ResetOrderGroup', access: 'write', handle: act('resetGroup') },
  { method: 'DELETE', pattern: GROUP, operation: 'DeleteOrderGroup', access: 'write', handle: act('deleteGroup') },
];
