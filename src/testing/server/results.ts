import { Opcode } from '../../codec/envelope.js';
import type { SchemaChange } from '../../codec/event.js';
import { writeString } from '../../codec/primitives.js';
import type { Writer } from '../../codec/writer.js';
import { ConfigurationError } from '../../errors.js';
import { writeStringList } from './encode-response.js';
import { type ParameterOptions, preparation } from './prepared.js';
import { CqlResponse, type ResponseOptions } from './response.js';

/**
 * A result without rows, as of an INSERT. Answering PREPARE, it becomes what prepares the statement. Native protocol v5,
 * section 4.2.5.1.
 */
export function voidResult(options: ParameterOptions & ResponseOptions = {}): CqlResponse {
  return new CqlResponse({
    opcode: Opcode.RESULT,
    options,
    preparation: preparation([], options),
    seen: () => 'void',
    write: (writer) => writer.i32(1),
  });
}

/** Answers USE: the keyspace of the connection is another from now on. Native protocol v5, section 4.2.5.3. */
export function setKeyspace(keyspace: string, options: ResponseOptions = {}): CqlResponse {
  if (typeof keyspace !== 'string' || keyspace === '') throw new ConfigurationError('setKeyspace() needs a keyspace.');
  return new CqlResponse({
    opcode: Opcode.RESULT,
    options,
    preparation: preparation([], {}),
    write: (writer) => {
      writer.i32(3);
      writeString(writer, keyspace);
    },
  });
}

/** What has changed in the schema, for {@link schemaChange} and `event.schema()`. */
export interface SchemaChangeOptions {
  readonly change: SchemaChange['change'];
  readonly target: SchemaChange['target'];
  readonly keyspace: string;
  /** The table, type, function or aggregate. */
  readonly name?: string;
  /** Of a function or aggregate. Default: none. */
  readonly argTypes?: readonly string[];
}

/** Answers a statement that changes the schema. Native protocol v5, section 4.2.5.5. */
export function schemaChange(change: SchemaChangeOptions, options: ResponseOptions = {}): CqlResponse {
  checkSchemaChange(change);
  return new CqlResponse({
    opcode: Opcode.RESULT,
    options,
    preparation: preparation([], {}),
    write: (writer) => {
      writer.i32(5);
      writeSchemaChange(writer, change);
    },
  });
}

/** @throws ConfigurationError for a change that is none. */
export function checkSchemaChange({ change, target, keyspace, name }: SchemaChangeOptions): void {
  const check = (isGood: boolean, message: string): void => {
    if (!isGood) throw new ConfigurationError(message);
  };
  check(
    ['CREATED', 'UPDATED', 'DROPPED'].includes(change),
    `A schema change is CREATED, UPDATED or DROPPED, not "${change}".`,
  );
  const targets = ['KEYSPACE', 'TABLE', 'TYPE', 'FUNCTION', 'AGGREGATE'];
  check(targets.includes(target), `The target of a schema change is one of ${targets.join(', ')}, not "${target}".`);
  check(typeof keyspace === 'string', 'A schema change needs a keyspace.');
  check(
    (name === undefined) === (target === 'KEYSPACE'),
    'A schema change names what has changed, unless it is a keyspace.',
  );
}

/** `<change string> <target string> <keyspace string> [<name string>] [<argument types string list>]` */
export function writeSchemaChange(
  writer: Writer,
  { change, target, keyspace, name, argTypes }: SchemaChangeOptions,
): void {
  for (const text of [change, target, keyspace]) writeString(writer, text);
  if (name !== undefined) writeString(writer, name);
  if (target === 'FUNCTION' || target === 'AGGREGATE') writeStringList(writer, argTypes ?? []);
}
