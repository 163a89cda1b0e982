/** Order groups: exchange reference 5.1. */
import { quantity, QUANTITY_PER_CONTRACT, seconds, type Quantity } from '../../domain/units.js';
import { cancelResting } from './cancelling.js';
import type { Kernel } from './kernel.js';
import type { Account, Group } from './records.js';
import type { Acknowledged, Answer, CreateGroup, GroupAddress, GroupCreated } from './types.js';
import { invalidParameters, NOT_FOUND } from './words.js';

const WINDOW = seconds(15);
const GROUPS_MAX = 100_000;
/** 1 to 1,000,000 contracts. */
const LIMIT_MIN = quantity(QUANTITY_PER_CONTRACT);
const LIMIT_MAX = quantity(1_000_000 * QUANTITY_PER_CONTRACT);

type Done = Answer<Acknowledged>;
const MISSING: Done = { ok: false, refusal: NOT_FOUND };
const badLimit: Done = { ok: false, refusal: invalidParameters('contracts_limit must be between 1 and 1000000') };

const legalLimit = (limit: Quantity): boolean => Number.isInteger(limit) && limit >= LIMIT_MIN && limit <= LIMIT_MAX;

/** Finds a group by its id, subaccount and shard: a mismatch of any is "not found". */
export const findGroup = (account: Account, address: GroupAddress): Group | null => {
  const group = account.groups.get(address.group);
  return group !== undefined && group.shard === address.shard && group.subaccount === address.subaccount ? group : null;
};

export const createGroup = (kernel: Kernel, account: Account, request: CreateGroup): Answer<GroupCreated> => {
  const { limit, subaccount, shard } = request;
  if (!legalLimit(limit)) return { ok: false, refusal: invalidParameters('contracts_limit must be between 1 and 1000000') };
  if (!kernel.shards.has(shard)) return { ok: false, refusal: NOT_FOUND };
  if (account.groups.size >= GROUPS_MAX) return { ok: false, refusal: invalidParameters(`at most ${GROUPS_MAX} order groups`) };
  const group: Group = { id: kernel.newGroupId(), account, shard, subaccount, limit, active: true, orders: new Set(), matches: [] };
  account.groups.set(group.id, group);
  kernel.groupChanged(group, 'created');
  return { ok: true, group: group.id, subaccount, shard, at: kernel.now };
};

const sumOfWindow = (kernel: Kernel, group: Group): number => {
  const from = kernel.now - WINDOW;
  while (group.matches.length > 0 && (group.matches[0] as { at: number }).at <= from) group.matches.shift();
  return group.matches.reduce((sum, match) => sum + match.quantity, 0);
};

const overLimit = (kernel: Kernel, group: Group): boolean => {
  const sum = sumOfWindow(kernel, group);
  return kernel.settings.switches.groupTriggersAt === 'limit' ? sum >= group.limit : sum > group.limit;
};

const cancelOrders = (kernel: Kernel, group: Group): void => {
  for (const order of group.orders) cancelResting(kernel, order, kernel.settings.switches.reasonOfGroupCancel);
};

const trigger = (kernel: Kernel, group: Group): void => {
  group.active = false;
  kernel.groupChanged(group, 'triggered');
  kernel.endMoment();
  cancelOrders(kernel, group);
};

/** Counts a match for a group, and triggers it where that is too much. */
export const countMatch = (kernel: Kernel, group: Group, size: Quantity): void => {
  group.matches.push({ at: kernel.now, quantity: size });
  if (group.active && overLimit(kernel, group)) trigger(kernel, group);
};

export const setGroupLimit = (kernel: Kernel, account: Account, address: GroupAddress, limit: Quantity): Done => {
  const group = findGroup(account, address);
  if (group === null) return MISSING;
  if (!legalLimit(limit)) return badLimit;
  group.limit = limit;
  kernel.groupChanged(group, 'limit-updated');
  if (group.active && overLimit(kernel, group)) trigger(kernel, group);
  return { ok: true, at: kernel.now };
};

export const triggerGroup = (kernel: Kernel, account: Account, address: GroupAddress): Done => {
  const group = findGroup(account, address);
  if (group === null) return MISSING;
  if (group.active) trigger(kernel, group);
  return { ok: true, at: kernel.now };
};

export const resetGroup = (kernel: Kernel, account: Account, address: GroupAddress): Done => {
  const group = findGroup(account, address);
  if (group === null) return MISSING;
  group.matches.length = 0;
  group.active = true;
  kernel.groupChanged(group, 'reset');
  return { ok: true, at: kernel.now };
};

export const deleteGroup = (kernel: Kernel, account: Account, address: GroupAddress): Done => {
  const group = findGroup(account, address);
  if (group === null) return MISSING;
  cancelOrders(kernel, group);
  account.groups.delete(group.id);
  kernel.groupChanged(group, 'deleted');
  return { ok: true, at: kernel.now };
};
