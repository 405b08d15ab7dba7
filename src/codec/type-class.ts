import { DecodeError } from '../errors.js';
import { type CqlType, MAX_DEPTH, MAX_FIELDS, type ScalarKind, type UdtField } from './type.js';

const PACKAGE = 'org.apache.cassandra.db.marshal.';

/** The classes without parameters. Some are older than CQL, and are the types that CQL later gave a name. */
const SCALARS: ReadonlyMap<string, ScalarKind> = new Map([
  ['AsciiType', 'ascii'],
  ['LongType', 'bigint'],
  ['BytesType', 'blob'],
  ['BooleanType', 'boolean'],
  ['CounterColumnType', 'counter'],
  ['SimpleDateType', 'date'],
  ['DecimalType', 'decimal'],
  ['DoubleType', 'double'],
  ['DurationType', 'duration'],
  ['FloatType', 'float'],
  ['InetAddressType', 'inet'],
  ['Int32Type', 'int'],
  ['ShortType', 'smallint'],
  ['UTF8Type', 'text'],
  ['TimeType', 'time'],
  ['TimestampType', 'timestamp'],
  ['DateType', 'timestamp'],
  ['TimeUUIDType', 'timeuuid'],
  ['ByteType', 'tinyint'],
  ['UUIDType', 'uuid'],
  ['LexicalUUIDType', 'uuid'],
  ['IntegerType', 'varint'],
]);

/** The classes around another that change nothing of its bytes. */
const WRAPPERS: ReadonlySet<string> = new Set(['FrozenType', 'ReversedType']);

/**
 * The type that the name of a Java class stands for: how a server describes what the protocol has no id for, in v5 the
 * vector, in v4 also the duration. What is not understood is a custom type under that name, whose values are bytes.
 *
 * ```
 * <class>: <name>, or by name
 *   FrozenType(<class>)  ReversedType(<class>)         the class inside; neither changes the bytes
 *   ListType(<class>)  SetType(<class>)  MapType(<class>, <class>)
 *   TupleType(<class>, ...)
 *   VectorType(<class>, <dimensions>)
 *   UserType(<keyspace>, <name>, <field>:<class>, ...)  name and fields in hexadecimal
 *   <any other>(...)
 * ```
 *
 * @param depth How deep the type lies in another.
 * @throws DecodeError if it nests too deeply.
 */
export function parseTypeClass(text: string, depth = 0): CqlType {
  const scanner = new ClassScanner(text);
  try {
    const type = scanner.type(depth);
    if (scanner.isAtEnd) return type;
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
  }
  return { kind: 'custom', className: text };
}

/** Thrown to leave a description that follows other rules than ours. */
class NotUnderstood extends Error {}

/** Reads a class from left to right, each character once. */
class ClassScanner {
  private readonly text: string;
  private position = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    this.skipSpaces();
    return this.position === this.text.length;
  }

  type(depth: number): CqlType {
    if (depth > MAX_DEPTH) throw new DecodeError(`A column type nests deeper than ${MAX_DEPTH} levels.`);
    let start = this.position;
    let name = this.className();
    let wrappers = 0;
    for (; WRAPPERS.has(name); wrappers++) {
      this.expect('(');
      start = this.position;
      name = this.className();
    }
    const scalar = SCALARS.get(name);
    const type: CqlType =
      scalar === undefined ? (this.parameterized(name, depth + 1) ?? this.custom(start)) : { kind: scalar };
    for (; wrappers > 0; wrappers--) this.expect(')');
    return type;
  }

  private className(): string {
    const word = this.word();
    return word.startsWith(PACKAGE) ? word.slice(PACKAGE.length) : word;
  }

  /** A class that is not known, with its parameters, whatever they are. */
  private custom(start: number): CqlType {
    this.skipParameters();
    return { kind: 'custom', className: this.text.slice(start, this.position).trim() };
  }

  private parameterized(name: string, depth: number): CqlType | undefined {
    switch (name) {
      case 'ListType':
        return this.enclosed(() => ({ kind: 'list', element: this.type(depth) }));
      case 'SetType':
        return this.enclosed(() => ({ kind: 'set', element: this.type(depth) }));
      case 'MapType':
        return this.enclosed(() => ({ kind: 'map', key: this.type(depth), value: this.next(() => this.type(depth)) }));
      case 'TupleType':
        return this.enclosed(() => ({
          kind: 'tuple',
          elements: [this.type(depth), ...this.rest(() => this.type(depth))],
        }));
      case 'VectorType':
        return this.enclosed(() => ({
          kind: 'vector',
          element: this.type(depth),
          dimensions: this.next(() => this.dimensions()),
        }));
      case 'UserType':
        return this.enclosed(() => ({
          kind: 'udt',
          keyspace: this.word(),
          name: this.next(() => this.hexWord()),
          fields: this.rest(() => this.field(depth)),
        }));
      default:
        return undefined;
    }
  }

  private field(depth: number): UdtField {
    const name = this.hexWord();
    this.expect(':');
    return { name, type: this.type(depth) };
  }

  private dimensions(): number {
    const word = this.word();
    const dimensions = /^\d{1,10}$/.test(word) ? Number(word) : 0;
    if (dimensions < 1 || dimensions > 0x7fffffff) throw new NotUnderstood();
    return dimensions;
  }

  private enclosed<T>(read: () => T): T {
    this.expect('(');
    const value = read();
    this.expect(')');
    return value;
  }

  private next<T>(read: () => T): T {
    this.expect(',');
    return read();
  }

  /** What follows, each after a comma. */
  private rest<T>(read: () => T): T[] {
    const list: T[] = [];
    while (this.isNext(',')) {
      if (list.length === MAX_FIELDS) {
        throw new DecodeError(`A type has more than ${MAX_FIELDS} fields, the most that is accepted.`);
      }
      list.push(this.next(read));
    }
    return list;
  }

  /** Text up to what separates the parts of a description. */
  private word(): string {
    this.skipSpaces();
    const separator = /[(),:\s]|$/g;
    separator.lastIndex = this.position;
    const start = this.position;
    this.position = separator.exec(this.text)!.index;
    if (this.position === start) throw new NotUnderstood();
    return this.text.slice(start, this.position);
  }

  private hexWord(): string {
    const word = this.word();
    if (!/^(?:[0-9a-f]{2})+$/i.test(word)) throw new NotUnderstood();
    return Buffer.from(word, 'hex').toString();
  }

  private expect(character: string): void {
    if (!this.isNext(character)) throw new NotUnderstood();
    this.position++;
  }

  private isNext(character: string): boolean {
    this.skipSpaces();
    return this.text[this.position] === character;
  }

  private skipSpaces(): void {
    while (this.text[this.position] === ' ') this.position++;
  }

  private skipParameters(): void {
    if (!this.isNext('(')) return;
    let open = 0;
    do {
      const character = this.text[this.position++];
      if (character === undefined) throw new NotUnderstood();
      if (character === '(') open++;
      if (character === ')') open--;
    } while (open > 0);
  }
}
