import { EncryptedColumn } from './encryption/encrypted-column.js';
import { type CqlType, formatIdentifier, type ScalarKind } from './type.js';
import { typeKey } from './type-key.js';
import type { ValueCodec } from './value.js';
import { type Codec, DEFAULT_VALUES, type ValueSettings } from './value-options.js';
import { blob, empty } from './values/blob.js';
import { boolean } from './values/boolean.js';
import { list, map, objectMap, set } from './values/collections.js';
import { tuple, udt } from './values/composites.js';
import { customized } from './values/customized.js';
import { date } from './values/date.js';
import { decimal } from './values/decimal.js';
import { duration } from './values/duration.js';
import { double, float } from './values/floats.js';
import { inet } from './values/inet.js';
import { bigint, bigintAsLong, bigintAsNumber } from './values/int64.js';
import { int, smallint, tinyint } from './values/integers.js';
import { bounded, mayLackFields } from './values/missing-fields.js';
import { ascii, text } from './values/text.js';
import { time } from './values/time.js';
import { timestamp, timestampAsBigint, timestampAsNumber } from './values/timestamp.js';
import { timeuuid, uuid } from './values/uuid.js';
import { varint } from './values/varint.js';
import { floatVector, vector } from './values/vector.js';

const INT64 = { bigint, long: bigintAsLong, number: bigintAsNumber };
const TIMESTAMP = { date: timestamp, number: timestampAsNumber, bigint: timestampAsBigint };

/** The types of which values come in one form only. */
const SCALARS: Readonly<Record<Exclude<ScalarKind, 'bigint' | 'counter' | 'timestamp'>, ValueCodec>> = {
  ascii,
  blob,
  boolean,
  date,
  decimal,
  double,
  duration,
  float,
  inet,
  int,
  smallint,
  text,
  time,
  timeuuid,
  tinyint,
  uuid,
  varint,
};

/**
 * The types whose values can be the names of properties: the text of each is taken for it. A varint of 64 KiB takes longer to
 * become text than to come.
 */
const PROPERTY_NAMES: ReadonlySet<string> = new Set(
  'ascii text tinyint smallint int bigint uuid timeuuid inet date time'.split(' '),
);

/** The types whose values Cassandra takes to be of one length, in bytes: in a vector they go without one. */
const FIXED_LENGTHS: Readonly<Partial<Record<CqlType['kind'], number>>> = {
  boolean: 1,
  int: 4,
  float: 4,
  bigint: 8,
  double: 8,
  timestamp: 8,
  uuid: 16,
  timeuuid: 16,
};

const EMPTY_TYPE = 'org.apache.cassandra.db.marshal.EmptyType';

/** How values of a type are read and written: decided once for a column, not for each of its cells. */
export function valueCodec(type: CqlType, values: ValueSettings = DEFAULT_VALUES): ValueCodec {
  const own = codecOf(type, values);
  return own === undefined ? builtin(type, values) : customized(builtin(type, DEFAULT_VALUES), own);
}

/** The same for the column `keyspace.table.column`, which may have a codec of its own. */
export function columnCodec(column: string, type: CqlType, values: ValueSettings): ValueCodec {
  const own = values.columnCodecs.get(column);
  if (own instanceof EncryptedColumn)
    return own.over(type, cellCodec(own.plainType, valueCodec(own.plainType, values)));
  if (own !== undefined) return cellCodec(type, customized(builtin(type, DEFAULT_VALUES), own));
  if (type.kind === 'list' && values.columnCodecs.size > 0) {
    const compared = comparedBy(column);
    if (compared !== undefined && values.columnCodecs.has(compared)) {
      const element = columnCodec(compared, type.element, values);
      return { ...list(element), isRandomized: element.isRandomized ?? false };
    }
  }
  return cellCodec(type, valueCodec(type, values));
}

/** The column that a parameter is compared with by `IN ?`: such a parameter, a list, is called `in(column)`. */
function comparedBy(parameter: string): string | undefined {
  const match = /^([^.]*\.[^.]*\.)in\((.*)\)$/s.exec(parameter);
  return match === null ? undefined : match[1]! + match[2]!;
}

function cellCodec(type: CqlType, codec: ValueCodec): ValueCodec {
  return mayLackFields(type) ? bounded(codec) : codec;
}

/** The user's codec for a type; that of a type with its keyspace comes before that of any of its name. */
function codecOf(type: CqlType, { typeCodecs, longestType }: ValueSettings): Codec | undefined {
  if (typeCodecs.size === 0) return undefined;
  const key = typeKey(type, longestType);
  if (key === undefined) return undefined;
  const isQualified = type.kind === 'udt' && type.keyspace.length < longestType;
  return (isQualified ? typeCodecs.get(`${formatIdentifier(type.keyspace)}.${key}`) : undefined) ?? typeCodecs.get(key);
}

function builtin(type: CqlType, values: ValueSettings): ValueCodec {
  const codec = (inner: CqlType): ValueCodec => valueCodec(inner, values);
  switch (type.kind) {
    case 'bigint':
    case 'counter':
      return INT64[values.int64];
    case 'timestamp':
      return TIMESTAMP[values.timestamp];
    case 'list':
      return list(codec(type.element));
    case 'set':
      return values.set === 'set' ? set(codec(type.element)) : list(codec(type.element));
    case 'map': {
      const { key, value } = type;
      if (values.map === 'object' && PROPERTY_NAMES.has(key.kind) && codecOf(key, values) === undefined) {
        return objectMap(codec(key), codec(value));
      }
      return map(codec(key), codec(value), key.kind === 'text' || key.kind === 'ascii');
    }
    case 'tuple':
      return tuple(type.elements.map(codec));
    case 'udt':
      return udt(
        type.name,
        type.fields.map((field) => ({ name: field.name, codec: codec(field.type) })),
      );
    case 'vector': {
      const element = codec(type.element);
      return element === float
        ? floatVector(type.dimensions)
        : vector(element, type.dimensions, fixedLength(type.element));
    }
    case 'custom':
      return type.className === EMPTY_TYPE ? empty : blob;
    default:
      return SCALARS[type.kind];
  }
}

/** The bytes of every value of a type; undefined where they differ. */
function fixedLength(type: CqlType): number | undefined {
  if (type.kind !== 'vector') return FIXED_LENGTHS[type.kind];
  const length = fixedLength(type.element);
  return length === undefined ? undefined : length * type.dimensions;
}
