import type { CqlType, ScalarKind } from './type.js';
import { ConfigurationError } from '../errors.js';

/** The fields of user-defined types, by the name of the type: `{ address: { street: 'text', zip: 'int' } }`. */
export type TypeDefinitions = Readonly<Record<string, Readonly<Record<string, string>>>>;

const SCALARS: ReadonlySet<string> = new Set<ScalarKind>([
  'ascii',
  'bigint',
  'blob',
  'boolean',
  'counter',
  'date',
  'decimal',
  'double',
  'duration',
  'float',
  'inet',
  'int',
  'smallint',
  'text',
  'time',
  'timestamp',
  'timeuuid',
  'tinyint',
  'uuid',
  'varint',
]);

/**
 * Reads a type as CQL writes it.
 *
 * ```
 * <type>: <scalar> | varchar | frozen<<type>>
 *   | list<<type>> | set<<type>> | map<<type>, <type>> | tuple<<type>, ...> | vector<<type>, <dimensions>>
 *   | '<class>' | <user-defined type, one of the definitions>
 * ```
 *
 * @param definitions The user-defined types that it may name.
 * @param keyspace The keyspace of these.
 * @throws ConfigurationError if it is no such type.
 */
export function parseTypeText(text: string, definitions: TypeDefinitions = {}, keyspace = 'ks'): CqlType {
  if (typeof text !== 'string') throw new ConfigurationError('A CQL type is a text such as "int" or "list<text>".');
  const parser = new TypeParser(text, definitions, keyspace);
  const type = parser.type();
  parser.expectEnd();
  return type;
}

class TypeParser {
  private readonly text: string;
  private readonly definitions: TypeDefinitions;
  private readonly keyspace: string;
  private readonly tokens: readonly string[];
  private position = 0;

  constructor(text: string, definitions: TypeDefinitions, keyspace: string) {
    this.text = text;
    this.definitions = definitions;
    this.keyspace = keyspace;
    this.tokens = text.match(/"(?:[^"]|"")*"|'[^']*'|[<>,]|[^\s"'<>,]+/g) ?? [];
  }

  type(): CqlType {
    const token = this.next();
    const name = token.toLowerCase();
    if (SCALARS.has(name)) return { kind: name as ScalarKind };
    switch (name) {
      case 'varchar':
        return { kind: 'text' };
      case 'frozen':
        return this.enclosed(() => this.type());
      case 'list':
      case 'set':
        return { kind: name, element: this.enclosed(() => this.type()) };
      case 'map':
        return this.enclosed(() => ({ kind: 'map', key: this.type(), value: this.following(() => this.type()) }));
      case 'tuple':
        return this.enclosed(() => ({ kind: 'tuple', elements: this.list() }));
      case 'vector':
        return this.enclosed(() => ({
          kind: 'vector',
          element: this.type(),
          dimensions: this.following(() => this.dimensions()),
        }));
      default:
        return token.startsWith("'") ? { kind: 'custom', className: token.slice(1, -1) } : this.userDefined(token);
    }
  }

  expectEnd(): void {
    if (this.position < this.tokens.length) throw this.wrong(`"${this.tokens[this.position]!}" is too much`);
  }

  private userDefined(token: string): CqlType {
    const name = token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token;
    if (!Object.hasOwn(this.definitions, name)) {
      throw this.wrong(`"${name}" is no type; the fields of a user-defined one are given by the option "types"`);
    }
    const fields = Object.entries(this.definitions[name]!).map(([field, type]) => ({
      name: field,
      type: parseTypeText(type, this.definitions, this.keyspace),
    }));
    return { kind: 'udt', keyspace: this.keyspace, name, fields };
  }

  private list(): CqlType[] {
    const types = [this.type()];
    while (this.tokens[this.position] === ',') types.push(this.following(() => this.type()));
    return types;
  }

  private dimensions(): number {
    const token = this.next();
    if (!/^[1-9]\d{0,4}$/.test(token)) throw this.wrong(`"${token}" is no number of dimensions`);
    return Number(token);
  }

  private enclosed<T>(read: () => T): T {
    this.expect('<');
    const result = read();
    this.expect('>');
    return result;
  }

  private following<T>(read: () => T): T {
    this.expect(',');
    return read();
  }

  private expect(token: string): void {
    const found = this.tokens[this.position++];
    if (found !== token) throw this.wrong(`"${token}" is missing`);
  }

  private next(): string {
    const token = this.tokens[this.position++];
    if (token === undefined) throw this.wrong('it ends too early');
    return token;
  }

  private wrong(reason: string): ConfigurationError {
    return new ConfigurationError(`The CQL type "${this.text}" is not understood: ${reason}.`);
  }
}
