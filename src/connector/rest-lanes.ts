/**
 * Warm connections in lanes. Each connection carries one request at a time, so nothing waits behind a slow answer; cancels have connections of
 * their own and may borrow those of orders, never the other way round. What removes many orders at once has its own too, and may borrow all of these.
 */
import type { HttpConnection } from './http-connection.js';
import { notSent } from './rest-result.js';
import type { Refused } from './rest-result.js';

export type LaneName = 'sweep' | 'cancel' | 'order' | 'read';

/** A request on its way. It is told when it has a connection, and says when the connection is free again. */
export interface Passenger {
  /** False where its deadline has passed while it waited. */
  readonly waiting: boolean;
  board(connection: HttpConnection, free: () => void): void;
  turnAway(refusal: Refused): void;
}

interface Connection {
  readonly client: HttpConnection;
  readonly serves: readonly LaneName[];
  busy: boolean;
}

export interface LaneSizes {
  readonly sweep: number;
  readonly cancel: number;
  readonly order: number;
  readonly read: number;
}

export class Lanes {
  readonly #connections: Connection[] = [];
  readonly #queues: Record<LaneName, Passenger[]> = { sweep: [], cancel: [], order: [], read: [] };

  /** @param queueMax requests that may wait per lane; more are turned away */
  constructor(
    sizes: LaneSizes,
    private readonly queueMax: number,
    makeClient: () => HttpConnection,
  ) {
    // Order matters: everybody takes their own connections first, and of what waits the most urgent boards first.
    const add = (count: number, serves: readonly LaneName[]): void => {
      for (let i = 0; i < count; i++) this.#connections.push({ client: makeClient(), serves, busy: false });
    };
    add(sizes.sweep, ['sweep']);
    add(sizes.cancel, ['sweep', 'cancel']);
    add(sizes.order, ['sweep', 'cancel', 'order']);
    add(sizes.read, ['read']);
  }

  get clients(): readonly HttpConnection[] {
    return this.#connections.map((connection) => connection.client);
  }

  /** Requests that wait for a connection. */
  waiting(lane: LaneName): number {
    return this.#queues[lane].length;
  }

  enter(lane: LaneName, passenger: Passenger): void {
    const connection = this.#connections.find((each) => !each.busy && each.serves.includes(lane));
    if (connection !== undefined) return this.#board(connection, passenger);
    const queue = this.#queues[lane];
    if (queue.length >= this.queueMax) return passenger.turnAway(notSent(`${queue.length} requests wait for a connection already`));
    queue.push(passenger);
  }

  /** Boards one idle connection per call for upkeep; returns how many were idle. Connections in use need none. */
  boardIdle(lanes: readonly LaneName[], passenger: () => Passenger): number {
    const idle = this.#connections.filter((each) => !each.busy && each.serves.some((lane) => lanes.includes(lane)));
    for (const connection of idle) this.#board(connection, passenger());
    return idle.length;
  }

  #board(connection: Connection, passenger: Passenger): void {
    connection.busy = true;
    let boarded = true;
    passenger.board(connection.client, () => {
      if (!boarded) return;
      boarded = false;
      connection.busy = false;
      this.#serveNext(connection);
    });
  }

  #serveNext(connection: Connection): void {
    for (const lane of connection.serves) {
      const queue = this.#queues[lane];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) if (next.waiting) return this.#board(connection, next);
    }
  }
}
