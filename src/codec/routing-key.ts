import { BindError } from '../errors.js';
import type { ProtocolVersion } from './envelope.js';
import type { ParameterMetadata } from './metadata.js';
import { getI32, getU16 } from './reader.js';
import { quotedColumn } from './printable.js';
import { MAX_SHORT } from './primitives.js';
import type { CqlType } from './type.js';
import type { Slice } from './writer.js';

// The routing key of a partition: what its token is computed from.
//
//   one component:   <bytes>
//   several:         n x (<length short> <bytes> <0 byte>)

/** The length and the 0 around a component. */
const AROUND = 3;

/**
 * The routing key that the encoded components of a partition key make up, in its order. Sets and maps among them have to be
 * sorted as the server sorts them.
 *
 * @throws BindError for a component of more than 65,535 bytes beside others.
 */
export function routingKey(components: readonly Uint8Array[]): Uint8Array {
  if (components.length === 1) return components[0]!;
  let size = 0;
  for (const [i, { length }] of components.entries()) {
    if (length > MAX_SHORT) throw tooLong(`Component ${i + 1} of the partition key`, length);
    size += length + AROUND;
  }
  const key = Buffer.allocUnsafe(size);
  let at = 0;
  for (const component of components) at = putComponent(key, at, component, 0, component.length);
  return key;
}

/**
 * The routing key of a prepared statement, out of its encoded values. A single component stays where it is, and is not copied.
 * Undefined if that cannot be told: the statement does not have the whole partition key, or a component of it is null, or a
 * set or map, which the server sorts first.
 *
 * @param at Where the first value is, see {@link startOfValues}.
 * @throws BindError for a component of more than 65,535 bytes beside others.
 */
export function routingKeyOfValues(
  buffer: Buffer,
  at: number,
  statement: Pick<ParameterMetadata, 'parameters' | 'partitionKey'>,
): Slice | undefined {
  const { parameters, partitionKey } = statement;
  if (partitionKey.length === 0) return undefined;
  const starts: number[] = [];
  let size = 0;
  for (const index of partitionKey) {
    const { name, type, cqlType } = parameters[index]!;
    const start = startOfValue(buffer, at, index);
    const length = getI32(buffer, start - 4);
    if (length < 0 || isSorted(cqlType)) return undefined;
    if (partitionKey.length === 1) return { buffer, start, end: start + length };
    if (length > MAX_SHORT) {
      throw tooLong(`The parameter ${quotedColumn({ name, type })}, part of the partition key,`, length, name);
    }
    starts.push(start);
    size += length + AROUND;
  }
  const key = Buffer.allocUnsafe(size);
  let end = 0;
  for (const start of starts) end = putComponent(key, end, buffer, start, start + getI32(buffer, start - 4));
  return { buffer: key, start: 0, end };
}

/**
 * Where the first value is in the body of an EXECUTE that has values, which begins at `at`:
 *
 * ```
 * <id short bytes> [<result_metadata_id short bytes>]   if there are metadata ids
 * <consistency short> <flags: v4 byte, v5 int> <n short> n x <value>
 * ```
 */
export function startOfValues(
  buffer: Buffer,
  at: number,
  version: ProtocolVersion,
  hasMetadataIds: boolean = version >= 5,
): number {
  const afterId = at + 2 + getU16(buffer, at);
  const afterIds = hasMetadataIds ? afterId + 2 + getU16(buffer, afterId) : afterId;
  return afterIds + 2 + (version < 5 ? 1 : 4) + 2;
}

/**
 * Where the first value of a statement of a batch is, that begins at `at`:
 *
 * ```
 * <kind byte> <0: query long string, 1: id short bytes> <n short> n x <value>
 * ```
 */
export function startOfBatchValues(buffer: Buffer, at: number): number {
  const from = at + 1;
  return buffer[at] === 0 ? from + 4 + getI32(buffer, from) + 2 : from + 2 + getU16(buffer, from) + 2;
}

/** Where a statement of a batch ends, whose first value is at `first`. */
export function endOfBatchValues(buffer: Buffer, first: number): number {
  return startOfValue(buffer, first, getU16(buffer, first - 2)) - 4;
}

/** Where the bytes of a value begin, behind their length, which is negative if there are none. */
function startOfValue(buffer: Buffer, first: number, index: number): number {
  let at = first;
  for (let i = 0; i < index; i++) at += 4 + Math.max(0, getI32(buffer, at));
  return at + 4;
}

/**
 * Whether the server sorts what a value holds, so that the partition has another key than was sent. The order is that of the
 * server's types, which the driver does not know. Cassandra 5.0 leaves what is in tuples as it is; that is not to be relied on.
 */
function isSorted(type: CqlType): boolean {
  switch (type.kind) {
    case 'set':
    case 'map':
      return true;
    case 'list':
    case 'vector':
      return isSorted(type.element);
    case 'tuple':
      return type.elements.some(isSorted);
    case 'udt':
      return type.fields.some((field) => isSorted(field.type));
    default:
      return false;
  }
}

function putComponent(key: Buffer, at: number, buffer: Uint8Array, start: number, end: number): number {
  const length = end - start;
  key[at] = length >>> 8;
  key[at + 1] = length;
  let to = at + 2;
  // Up to some 25 bytes, which most components do not exceed, a loop is faster than a call into native code.
  for (let from = start; from < end; from++) key[to++] = buffer[from]!;
  key[to] = 0;
  return to + 1;
}

function tooLong(component: string, length: number, column?: string): BindError {
  return new BindError(`${component} has ${length} bytes; ${MAX_SHORT} are the most that a component can have.`, {
    column,
  });
}
