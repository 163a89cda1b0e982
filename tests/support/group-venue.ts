/** A venue in memory with order groups and expiries, as the exchange has them: it accepts what it may and answers at once. Nothing fills by itself. */
import type { GroupCall, RequestAccount } from '../../src/domain/actions.js';
import type { EngineEvent, GroupAnswer, ListedGroup } from '../../src/domain/events.js';
import { fillId, orderGroupId, venueOrderId, type ClientOrderId, type OrderGroupId } from '../../src/domain/ids.js';
import type { Call, VenueCommand, VenueOrder } from '../../src/domain/order.js';
import type { Venue } from '../../src/domain/ports.js';
import { parseCash, quantity, ZERO_CASH, ZERO_QUANTITY, type EpochUs, type Quantity } from '../../src/domain/units.js';

export class GroupVenue implements Venue {
  readonly orders = new Map<ClientOrderId, VenueOrder>();
  readonly made: { group: OrderGroupId; shard: number; limit: Quantity; active: boolean }[] = [];
  readonly calls: GroupCall[] = [];
  readonly commands: { readonly at: EpochUs; readonly command: VenueCommand }[] = [];
  /** What the next calls about groups of a kind come to, instead of being done; `lost` is done and not answered. */
  readonly mishaps: { readonly kind: GroupAnswer['kind']; readonly how: 'refused' | 'unknown' | 'lost' | 'missing' }[] = [];
  /** The stream tells nothing of groups, or nothing of orders. */
  muteGroups = false;
  muteOrders = false;
  /** Commands are swallowed. */
  deaf = false;
  /** Writes that take as long as the test likes: they are kept here instead of taking effect. */
  held: VenueCommand[] | null = null;
  /** Exchange time less ours. */
  clockAhead = 0;
  #ids = 0;
  #fills = 0;

  constructor(
    private readonly now: () => EpochUs,
    private readonly offer: (event: EngineEvent) => void,
  ) {}

  send(call: Call): void {
    for (const command of call.commands) {
      this.commands.push({ at: this.now(), command });
      if (this.held !== null && command.type === 'place') this.held.push(command);
      else if (!this.deaf) this.#carryOut(command);
    }
  }

  /** Lets a kept write take effect. */
  release(): void {
    for (const command of this.held?.splice(0) ?? []) this.#carryOut(command);
  }

  readAccount({ request }: RequestAccount): void {
    const at = this.now();
    const resting = [...this.orders.values()];
    const told = { complete: true, validUntil: at, resting, positions: [], fills: [], balance: parseCash('1000'), foreign: 0 };
    this.offer({ type: 'account-reading', at, request, ...told });
  }

  groups(call: GroupCall): void {
    this.calls.push(call);
    const { ask } = call;
    const next = this.mishaps.findIndex(({ kind }) => kind === ask.kind);
    const [mishap] = next < 0 ? [] : this.mishaps.splice(next, 1);
    if (mishap === undefined || mishap.how === 'lost') {
      const told = this.#tend(call);
      if (mishap === undefined) this.#answer(call, told);
      else this.#answer(call, { outcome: 'unknown', detail: 'timeout' });
    } else this.#answer(call, { outcome: mishap.how, detail: 'as the test wants it' });
  }

  #tend({ ask, shard }: GroupCall): Partial<GroupAnswer> {
    if (ask.kind === 'list') return { groups: this.made.map((each): ListedGroup => ({ ...each })) };
    if (ask.kind === 'create') {
      const group = orderGroupId(`g${++this.#ids}`);
      this.made.push({ group, shard, limit: ask.limit, active: true });
      return { group };
    }
    const of = this.made.find((each) => each.group === ask.group && each.shard === shard);
    if (of === undefined) return { outcome: 'missing', detail: 'not found' };
    if (ask.kind === 'limit') of.limit = ask.limit;
    if (ask.kind === 'trigger') this.trigger(of.group);
    if (ask.kind === 'reset') of.active = true;
    if (ask.kind === 'delete') {
      this.#cancelAll(of.group);
      this.made.splice(this.made.indexOf(of), 1);
    }
    return {};
  }

  /** The exchange triggers a group, by fills or by our word. */
  trigger(group: OrderGroupId): void {
    const of = this.made.find((each) => each.group === group);
    if (of === undefined || !of.active) return;
    of.active = false;
    if (!this.muteGroups) this.offer({ type: 'order-group-update', at: this.now(), group, change: 'triggered' });
    this.#cancelAll(group);
  }

  #cancelAll(group: OrderGroupId): void {
    for (const order of this.orders.values()) if (order.group === group) this.end(order, 'Decrease');
  }

  /** Orders whose end has come by the exchange's clock are gone. */
  expire(): void {
    for (const order of this.orders.values())
      if (order.expiresAt !== null && order.expiresAt <= this.now() + this.clockAhead) this.end(order, 'ExpiryCancel');
  }

  end(order: VenueOrder, reason: string | null): void {
    if (order.clientId !== null) this.orders.delete(order.clientId);
    const ended = { ...order, remaining: ZERO_QUANTITY, status: 'cancelled' } as const;
    if (!this.muteOrders) this.offer({ type: 'order-update', at: this.now(), order: ended, reason });
  }

  /** Fills an order whole. */
  fill(order: VenueOrder): void {
    if (order.clientId !== null) this.orders.delete(order.clientId);
    const { orderId, clientId, market, side, price, remaining } = order;
    const fill = {
      fillId: fillId(`f${++this.#fills}`),
      orderId,
      clientId,
      market,
      side,
      price,
      quantity: remaining,
      fee: ZERO_CASH,
    } as const;
    const at = this.now();
    this.offer({ type: 'fill', at, source: 'stream', fill: { ...fill, role: 'maker', positionAfter: null, exchangeAt: at } });
  }

  #answer({ request, shard, ask }: GroupCall, told: Partial<GroupAnswer>): void {
    const group = 'group' in ask ? ask.group : null;
    const at = this.now();
    this.offer({ type: 'group-answer', at, request, shard, kind: ask.kind, outcome: 'done', group, groups: [], detail: '', ...told });
  }

  #carryOut(command: VenueCommand): void {
    const at = this.now();
    const { clientId } = command;
    const refuse = (code: 'not-found' | 'group-triggered'): void =>
      this.offer({ type: 'command-refused', at, command: command.type, clientId, code, detail: code });
    if (command.type === 'place') {
      const { market, side, price, quantity: size, expiresAt, group } = command;
      if (group !== null && this.made.find((each) => each.group === group)?.active !== true) return refuse('group-triggered');
      const orderId = venueOrderId(`v-${clientId}`);
      const terms = { market, side, price, initial: size, filled: ZERO_QUANTITY, remaining: size, expiresAt, group } as const;
      this.orders.set(clientId, { orderId, clientId, status: 'resting', ...terms });
      this.offer({ type: 'order-accepted', at, clientId, orderId, filled: ZERO_QUANTITY, remaining: size, exchangeAt: at });
      return;
    }
    const order = this.orders.get(clientId);
    if (order === undefined) return refuse('not-found');
    const { orderId } = order;
    if (command.type === 'cancel') {
      this.orders.delete(clientId);
      this.offer({ type: 'order-cancelled', at, clientId, orderId, reducedBy: order.remaining });
      return;
    }
    const remaining = command.type === 'amend' ? quantity(command.total - order.filled) : command.remaining;
    const changed =
      command.type === 'amend'
        ? { price: command.price, expiresAt: command.expiresAt === undefined ? order.expiresAt : command.expiresAt }
        : {};
    this.orders.set(clientId, { ...order, ...changed, remaining });
    this.offer({ type: 'order-amended', at, clientId, orderId, remaining });
  }
}
