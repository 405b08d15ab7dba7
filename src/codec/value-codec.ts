import type { CqlType, ScalarKind } from './type.js';
import type { ValueCodec } from './value.js';
import { blob } from './values/blob.js';
import { boolean } from './values/boolean.js';
import { list, map, set } from './values/collections.js';
import { tuple, udt } from './values/composites.js';
import { date } from './values/date.js';
import { decimal } from './values/decimal.js';
import { duration } from './values/duration.js';
import { double, float } from './values/floats.js';
import { inet } from './values/inet.js';
import { bigint, int, smallint, tinyint, varint } from './values/integers.js';
import { ascii, text } from './values/text.js';
import { time } from './values/time.js';
import { timestamp } from './values/timestamp.js';
import { timeuuid, uuid } from './values/uuid.js';

const SCALARS: Readonly<Record<ScalarKind, ValueCodec>> = {
  ascii,
  bigint,
  blob,
  boolean,
  counter: bigint,
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
  timestamp,
  timeuuid,
  tinyint,
  uuid,
  varint,
};

/** How values of a type are read and written: decided once for a column, not for each of its cells. */
export function valueCodec(type: CqlType): ValueCodec {
  switch (type.kind) {
    case 'list':
      return list(valueCodec(type.element));
    case 'set':
      return set(valueCodec(type.element));
    case 'map':
      return map(valueCodec(type.key), valueCodec(type.value), type.key.kind === 'text' || type.key.kind === 'ascii');
    case 'tuple':
      return tuple(type.elements.map(valueCodec));
    case 'udt':
      return udt(
        type.name,
        type.fields.map((field) => ({ name: field.name, codec: valueCodec(field.type) })),
      );
    case 'custom':
      return blob;
    default:
      return SCALARS[type.kind];
  }
}
