import { CURRENT, type Stream } from '#libs/events';

/** How the stand-in of a schema registry answers a question for an id. */
export interface RegistryAnswer {
  readonly status: number;
  readonly body: string;
}

/** Ids of the schemas in use, as a registry would give them. */
export const CURRENT_IDS: Readonly<Record<Stream, number>> = { orders: 11, marketing: 12, sharing: 13, rights: 14 };
/** Of OrderEvent with more fields before its own; see {@link AHEAD}. */
export const EVOLVED_ID = 21;
/** Of OrderEvent behind records of nothing that are doubled sixty times. */
export const DOUBLED_ID = 22;
/** Of OrderEvent behind an array of nothing. */
export const HOLLOW_ID = 23;
/** What a registry says here is of no use: no JSON, no Avro, no registry's answer, a fault, too long. */
export const USELESS_IDS: readonly number[] = [31, 32, 33, 34, 35, 36];

/** The bytes of the fields that {@link EVOLVED_ID} has before the others: an empty map, and a chain that ends at once. */
export const AHEAD = Buffer.from([0, 0]);

/** The answers for the ids that there are; any other is not found. */
export const REGISTRY: ReadonlyMap<number, RegistryAnswer> = new Map([
  ...(Object.entries(CURRENT_IDS) as [Stream, number][]).map(([stream, id]) => [id, found(schemaOf(stream))] as const),
  [EVOLVED_ID, found(orderBehind([{ name: 'labels', type: { type: 'map', values: 'string' } }, chain()]))],
  [DOUBLED_ID, found(orderBehind([{ name: 'nothing', type: doubled(60) }]))],
  [HOLLOW_ID, found(orderBehind([{ name: 'nothing', type: { type: 'array', items: 'null' } }]))],
  [31, found('{"type":"record"')],
  [32, { status: 200, body: JSON.stringify({ schemaType: 'PROTOBUF', schema: 'syntax = "proto3";' }) }],
  [33, { status: 200, body: '<html>Please log in</html>' }],
  [34, { status: 500, body: '{"error_code":50001}' }],
  [35, found(JSON.stringify('x'.repeat(2 * 1024 * 1024)))],
  [36, { status: 200, body: 'null' }],
]);

/** The schema text that the auditor gets for an id; null where it gets none that it keeps. */
export function schemaText(id: number): string | null {
  const answer = REGISTRY.get(id);
  if (answer === undefined || answer.status !== 200 || answer.body.length > 1024 * 1024) return null;
  try {
    const body = JSON.parse(answer.body) as { schema?: string; schemaType?: string } | null;
    return body?.schemaType === undefined ? (body?.schema ?? null) : null;
  } catch {
    return null;
  }
}

interface FieldJson {
  readonly name: string;
  readonly type: unknown;
}

function found(schema: string): RegistryAnswer {
  return { status: 200, body: JSON.stringify({ schema }) };
}

function schemaOf(stream: Stream): string {
  const name = `${stream === 'orders' ? 'Order' : stream[0]!.toUpperCase() + stream.slice(1)}Event`;
  return JSON.stringify(CURRENT.get(name)!.json);
}

function orderBehind(fields: readonly FieldJson[]): string {
  const json = JSON.parse(schemaOf('orders')) as { fields: FieldJson[] };
  return JSON.stringify({ ...json, fields: [...fields, ...json.fields] });
}

/** A record that may hold another of its kind, and so on. */
function chain(): FieldJson {
  return {
    name: 'chain',
    type: ['null', { type: 'record', name: 'Link', fields: [{ name: 'next', type: ['null', 'Link'] }] }],
  };
}

function doubled(times: number): unknown {
  let type: unknown = { type: 'record', name: 'N0', fields: [{ name: 'x', type: 'null' }] };
  for (let i = 1; i <= times; i++) {
    const fields = [
      { name: 'a', type },
      { name: 'b', type: `N${i - 1}` },
    ];
    type = { type: 'record', name: `N${i}`, fields };
  }
  return type;
}
