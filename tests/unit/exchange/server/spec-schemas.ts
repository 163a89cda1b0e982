/** Validators made from the exchange's published specifications. The points where recordings or later changes know better are relaxed here, each by name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

interface Node {
  [key: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** OpenAPI 3.0 says `nullable`, JSON Schema says a list of types. */
const withNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withNulls);
  if (!isNode(value)) return value;
  const { nullable, ...rest } = value;
  const changed = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, withNulls(part)]));
  return nullable === true ? { anyOf: [changed, { type: 'null' }] } : changed;
};

/** An artefact of how the models were generated: live data has more. */
const withoutClosedObjects = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutClosedObjects);
  if (!isNode(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, part]) => !(key === 'additionalProperties' && part === false))
      .map(([key, part]) => [key, withoutClosedObjects(part)]),
  );
};

const at = (root: Node, ...path: string[]): Node => {
  let node: unknown = root;
  for (const key of path) node = isNode(node) ? node[key] : undefined;
  if (!isNode(node)) throw new Error(`the specification has no ${path.join('/')}`);
  return node;
};

const notRequired = (schema: Node, ...names: string[]): void => {
  schema['required'] = (schema['required'] as string[]).filter((name) => !names.includes(name));
};

const makeAjv = (): Ajv => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv;
};

export class Specification {
  readonly #rest: Node;
  readonly #ajv = makeAjv();
  readonly #models: ReadonlySet<string>;
  readonly #stream: ReadonlyMap<string, ValidateFunction>;

  constructor(folder: string) {
    this.#rest = withNulls(parse(readFileSync(join(folder, 'openapi.yaml'), 'utf8'))) as Node;
    const schemas = at(this.#rest, 'components', 'schemas');
    // Removed from the API on 2026-09-10, after this specification.
    notRequired(at(schemas, 'EventData'), 'available_on_brokers');
    this.#ajv.addSchema({ ...this.#rest, $id: 'rest' });

    const models = withoutClosedObjects(JSON.parse(readFileSync(join(folder, 'models-3.30.0.schema.json'), 'utf8'))) as Node;
    // Removed on 2026-10-01; the models are of 2026-09-21.
    notRequired(at(models, 'definitions', 'Market'), 'liquidity_dollars');
    this.#ajv.addSchema({ ...models, $id: 'models' });
    this.#models = new Set(Object.keys(at(models, 'definitions')));

    const stream = parse(readFileSync(join(folder, 'asyncapi.yaml'), 'utf8')) as Node;
    // Real tickers contain dots (recorded): KXBTCD-26JUL0317-T61749.99.
    at(stream, 'components', 'schemas', 'marketTicker')['pattern'] = '^[A-Z0-9.-]+$';
    // Overrides are null where the event follows its series again (reference 8.10).
    const feeUpdate = at(stream, 'components', 'schemas', 'eventFeeUpdatePayload', 'properties', 'msg', 'properties');
    for (const name of ['fee_type_override', 'fee_multiplier_override']) feeUpdate[name] = { anyOf: [feeUpdate[name], { type: 'null' }] };
    this.#ajv.addSchema({ ...stream, $id: 'stream' });
    const messages = Object.keys(at(stream, 'components', 'messages'));
    this.#stream = new Map(messages.map((name) => [name, this.#ajv.compile({ $ref: `stream#/components/messages/${name}/payload` })]));
  }

  /** What is wrong with a REST body, by the path's schema and, where there is one, by the newer model of the same name. */
  faultsOfBody(method: string, path: string, status: number, body: unknown): readonly string[] {
    const pointer = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', 'application/json', 'schema'];
    const schema = at(this.#rest, ...pointer);
    const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const name = typeof schema['$ref'] === 'string' ? (schema['$ref'].split('/').at(-1) ?? '') : '';
    const references = [`rest#/${escaped}`, ...(this.#models.has(name) ? [`models#/definitions/${name}`] : [])];
    return references.flatMap((reference) => this.#faults(this.#ajv.compile({ $ref: reference }), body, reference));
  }

  /** What is wrong with a frame, by the message of its type. */
  faultsOfFrame(frame: { readonly type: string; readonly msg?: unknown }): readonly string[] {
    const name = this.#messageOf(frame);
    const validate = this.#stream.get(name);
    return validate === undefined ? [`the specification has no message ${name}`] : this.#faults(validate, frame, name);
  }

  #messageOf(frame: { readonly type: string; readonly msg?: unknown }): string {
    const known: Record<string, string> = {
      subscribed: 'subscribedResponse',
      unsubscribed: 'unsubscribedResponse',
      ok: Array.isArray(frame.msg) ? 'listSubscriptionsResponse' : 'okResponse',
      error: 'errorResponse',
      orderbook_snapshot: 'orderbookSnapshot',
      orderbook_delta: 'orderbookDelta',
      ticker: 'ticker',
      trade: 'trade',
      fill: 'fill',
      user_order: 'userOrder',
      market_position: 'marketPosition',
      market_lifecycle_v2: 'marketLifecycleV2',
      event_lifecycle: 'eventLifecycle',
      event_fee_update: 'eventFeeUpdate',
      order_group_updates: 'orderGroupUpdates',
    };
    return known[frame.type] ?? frame.type;
  }

  #faults(validate: ValidateFunction, value: unknown, where: string): readonly string[] {
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${where}${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`);
  }
}
