import type { ProtocolVersion } from '../../codec/envelope.js';
import { writeShort, writeString } from '../../codec/primitives.js';
import type { CqlType, ScalarKind } from '../../codec/type.js';
import type { Writer } from '../../codec/writer.js';

const IDS: Readonly<Record<ScalarKind, number>> = {
  ascii: 0x01,
  bigint: 0x02,
  blob: 0x03,
  boolean: 0x04,
  counter: 0x05,
  decimal: 0x06,
  double: 0x07,
  float: 0x08,
  int: 0x09,
  timestamp: 0x0b,
  uuid: 0x0c,
  text: 0x0d,
  varint: 0x0e,
  timeuuid: 0x0f,
  inet: 0x10,
  date: 0x11,
  time: 0x12,
  smallint: 0x13,
  tinyint: 0x14,
  duration: 0x15,
};

/** The Java classes that Cassandra names where the protocol has no id. */
const CLASSES: Readonly<Record<ScalarKind, string>> = {
  ascii: 'AsciiType',
  bigint: 'LongType',
  blob: 'BytesType',
  boolean: 'BooleanType',
  counter: 'CounterColumnType',
  date: 'SimpleDateType',
  decimal: 'DecimalType',
  double: 'DoubleType',
  duration: 'DurationType',
  float: 'FloatType',
  inet: 'InetAddressType',
  int: 'Int32Type',
  smallint: 'ShortType',
  text: 'UTF8Type',
  time: 'TimeType',
  timestamp: 'TimestampType',
  timeuuid: 'TimeUUIDType',
  tinyint: 'ByteType',
  uuid: 'UUIDType',
  varint: 'IntegerType',
};

const PACKAGE = 'org.apache.cassandra.db.marshal.';

/**
 * Writes the type of a column.
 *
 * ```
 * <option>: <id u16>, then by id
 *   0x0000 custom  <class string>: also vector, and in v4 duration
 *   0x0020 list    <element option>
 *   0x0021 map     <key option> <value option>
 *   0x0022 set     <element option>
 *   0x0030 UDT     <keyspace string> <name string> <n u16> n x (<field string> <option>)
 *   0x0031 tuple   <n u16> n x <option>
 * ```
 *
 * Native protocol v5, section 4.2.5.2.
 */
export function writeType(writer: Writer, type: CqlType, version: ProtocolVersion): void {
  switch (type.kind) {
    case 'list':
      writer.u16(0x20);
      writeType(writer, type.element, version);
      break;
    case 'map':
      writer.u16(0x21);
      writeType(writer, type.key, version);
      writeType(writer, type.value, version);
      break;
    case 'set':
      writer.u16(0x22);
      writeType(writer, type.element, version);
      break;
    case 'udt':
      writer.u16(0x30);
      writeString(writer, type.keyspace);
      writeString(writer, type.name);
      writeShort(writer, type.fields.length, 'fields of a type');
      for (const field of type.fields) {
        writeString(writer, field.name);
        writeType(writer, field.type, version);
      }
      break;
    case 'tuple':
      writer.u16(0x31);
      writeShort(writer, type.elements.length, 'elements of a tuple');
      for (const element of type.elements) writeType(writer, element, version);
      break;
    case 'custom':
    case 'vector':
      writeCustom(writer, type);
      break;
    default:
      if (type.kind === 'duration' && version < 5) writeCustom(writer, type);
      else writer.u16(IDS[type.kind]);
  }
}

function writeCustom(writer: Writer, type: CqlType): void {
  writer.u16(0x00);
  writeString(writer, classOf(type));
}

function classOf(type: CqlType): string {
  const parameterized = (name: string, ...parameters: (string | number)[]): string =>
    `${PACKAGE}${name}(${parameters.join(',')})`;
  const hex = (text: string): string => Buffer.from(text).toString('hex');
  switch (type.kind) {
    case 'list':
      return parameterized('ListType', classOf(type.element));
    case 'set':
      return parameterized('SetType', classOf(type.element));
    case 'map':
      return parameterized('MapType', classOf(type.key), classOf(type.value));
    case 'tuple':
      return parameterized('TupleType', ...type.elements.map(classOf));
    case 'udt': {
      const fields = type.fields.map((field) => `${hex(field.name)}:${classOf(field.type)}`);
      return parameterized('UserType', type.keyspace, hex(type.name), ...fields);
    }
    case 'vector':
      // The space is Cassandra's.
      return parameterized('VectorType', `${classOf(type.element)} `, ` ${type.dimensions}`);
    case 'custom':
      return type.className;
    default:
      return PACKAGE + CLASSES[type.kind];
  }
}
