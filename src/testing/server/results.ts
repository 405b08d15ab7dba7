import { checkOptions, type Checks, list, oneName, text } from '../../check.js';
import { Opcode } from '../../codec/envelope.js';
import type { SchemaChange } from '../../codec/event.js';
import { writeString } from '../../codec/primitives.js';
import type { Writer } from '../../codec/writer.js';
import { ConfigurationError } from '../../errors.js';
import { writeStringList } from './encode-response.js';
import { PARAMETER_CHECKS, type ParameterOptions, preparation } from './prepared.js';
import { CqlResponse, RESPONSE_CHECKS, type ResponseOptions } from './response.js';

/**
 * A result without rows, as of an INSERT. Answering PREPARE, it becomes what prepares the statement. Native protocol v5,
 * section 4.2.5.1.
 */
export function voidResult(options: ParameterOptions & ResponseOptions = {}): CqlResponse {
  checkOptions(options, PARAMETER_CHECKS, 'options of voidResult()');
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
  checkOptions(options, RESPONSE_CHECKS, 'options of setKeyspace()');
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
  checkOptions(options, RESPONSE_CHECKS, 'options of schemaChange()');
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

const CHANGE_CHECKS: Checks<SchemaChangeOptions> = {
  change: oneName(['CREATED', 'UPDATED', 'DROPPED']),
  target: oneName(['KEYSPACE', 'TABLE', 'TYPE', 'FUNCTION', 'AGGREGATE']),
  keyspace: text,
  name: text,
  argTypes: list,
};

/** @throws ConfigurationError for a change that is none. */
export function checkSchemaChange(schemaChange: SchemaChangeOptions): void {
  checkOptions(schemaChange, CHANGE_CHECKS, 'parts of a schema change');
  const { change, target, keyspace, name } = schemaChange as Partial<SchemaChangeOptions>;
  const isWhole = change !== undefined && target !== undefined && keyspace !== undefined;
  if (isWhole && (name === undefined) === (target === 'KEYSPACE')) return;
  throw new ConfigurationError(
    'A schema change needs a change, a target, a keyspace, and the name of what has changed, unless that is a keyspace.',
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
