import { unknownName } from '../../check.js';
import { consistencyCode } from '../../codec/consistency.js';
import { Opcode } from '../../codec/envelope.js';
import { writeShortBytes, writeString } from '../../codec/primitives.js';
import { parseAddress } from '../../codec/values/inet.js';
import type { Writer } from '../../codec/writer.js';
import {
  ConfigurationError,
  type Consistency,
  type ResponseErrorFields,
  type ResponseErrorKind,
} from '../../errors.js';
import { writeStringList } from './encode-response.js';
import { type AnswerContext, CqlResponse, type ResponseOptions } from './response.js';

/** What an error says. Fields that its kind has and that are not given have a default. */
export interface ErrorFields extends Omit<ResponseErrorFields, 'reasons' | 'preparedId'>, ResponseOptions {
  /** Default: a sentence about the kind. */
  readonly message?: string;
  /** In v5: the failure code of each replica that failed, by its address. */
  readonly reasons?: ReadonlyMap<string, number> | Readonly<Record<string, number>>;
  /** Default: the id in the request. */
  readonly preparedId?: Uint8Array | string;
}

type FieldName = Exclude<keyof ErrorFields, keyof ResponseOptions | 'message'>;

const ANSWERS: readonly FieldName[] = ['consistency', 'received', 'blockFor'];

/** The code of each kind (v5, section 9), and the fields that it has. */
const KINDS: Readonly<Record<ResponseErrorKind, readonly [code: number | undefined, fields?: readonly FieldName[]]>> = {
  ServerError: [0x0000],
  ProtocolError: [0x000a],
  BadCredentials: [0x0100],
  Unavailable: [0x1000, ['consistency', 'required', 'alive']],
  Overloaded: [0x1001],
  IsBootstrapping: [0x1002],
  TruncateError: [0x1003],
  WriteTimeout: [0x1100, [...ANSWERS, 'writeType', 'contentions']],
  ReadTimeout: [0x1200, [...ANSWERS, 'dataPresent']],
  ReadFailure: [0x1300, [...ANSWERS, 'numFailures', 'reasons', 'dataPresent']],
  FunctionFailure: [0x1400, ['keyspace', 'function', 'argTypes']],
  WriteFailure: [0x1500, [...ANSWERS, 'numFailures', 'reasons', 'writeType']],
  CdcWriteFailure: [0x1600],
  CasWriteUnknown: [0x1700, ANSWERS],
  SyntaxError: [0x2000],
  Unauthorized: [0x2100],
  Invalid: [0x2200],
  ConfigError: [0x2300],
  AlreadyExists: [0x2400, ['keyspace', 'table']],
  Unprepared: [0x2500, ['preparedId']],
  RateLimit: [undefined, ['operation', 'rejectedByCoordinator']],
  Unknown: [undefined],
};

/**
 * An ERROR of a kind, with the fields that the kind has: `error('Unavailable', { required: 2, alive: 1 })`. In v4 it has the
 * form of v4: a CasWriteUnknown goes as the WriteTimeout of a CAS, and failures without their reasons.
 *
 * `'RateLimit'` and `'Unknown'` have no code of their own and need an `errorCode`. Native protocol v5, section 9.
 *
 * @throws ConfigurationError for a kind that there is not, or a field that the kind has not.
 */
export function error(kind: ResponseErrorKind, fields: ErrorFields = {}): CqlResponse {
  if (!Object.hasOwn(KINDS, kind)) {
    throw new ConfigurationError(unknownName(`"${kind}" is no kind of error.`, kind, Object.keys(KINDS)));
  }
  const [code = fields.errorCode, names = []] = KINDS[kind];
  if (code === undefined) throw new ConfigurationError(`The error ${kind} needs an errorCode.`);
  const common = ['message', 'errorCode', 'warnings', 'customPayload', 'tracingId'];
  const stray = Object.keys(fields).find(
    (name) => !common.includes(name) && !(names as readonly string[]).includes(name),
  );
  if (stray !== undefined) {
    throw new ConfigurationError(
      unknownName(`The error ${kind} has no field "${stray}".`, stray, [...names, ...common]),
    );
  }
  consistencyOf(fields.consistency);
  addressesOf(fields);
  const message = fields.message ?? `${kind}, as the test wants it.`;
  return new CqlResponse({
    opcode: Opcode.ERROR,
    options: fields,
    seen: () => kind,
    write: (writer, context) => {
      const isOldCas = kind === 'CasWriteUnknown' && context.version < 5;
      writer.i32(isOldCas ? 0x1100 : (fields.errorCode ?? code));
      writeString(writer, message);
      if (isOldCas) writeFields(writer, 'WriteTimeout', { ...fields, writeType: 'CAS' }, context);
      else writeFields(writer, kind, fields, context);
    },
  });
}

/**
 * ```
 * Unavailable      <consistency> <required int> <alive int>
 * WriteTimeout     <consistency> <received int> <blockFor int> <writeType string> [<contentions short>, v5, CAS only]
 * ReadTimeout      <consistency> <received int> <blockFor int> <dataPresent byte>
 * ReadFailure      <consistency> <received int> <blockFor int> <failures> <dataPresent byte>
 * WriteFailure     <consistency> <received int> <blockFor int> <failures> <writeType string>
 * CasWriteUnknown  <consistency> <received int> <blockFor int>
 * FunctionFailure  <keyspace string> <function string> <argTypes string list>
 * AlreadyExists    <keyspace string> <table string>
 * Unprepared       <id short bytes>
 * RateLimit        <operation byte: 0 read, 1 write> <rejected by the coordinator byte>
 * failures         v4: <count int>   v5: <count int> count x (<inetaddr> <code short>)
 * ```
 */
function writeFields(writer: Writer, kind: ResponseErrorKind, fields: ErrorFields, context: AnswerContext): void {
  const { keyspace = 'ks', writeType = 'SIMPLE', dataPresent = false } = fields;
  switch (kind) {
    case 'Unavailable':
      writer.u16(consistencyOf(fields.consistency));
      writer.i32(fields.required ?? 2);
      writer.i32(fields.alive ?? 1);
      break;
    case 'WriteTimeout':
      writeAnswers(writer, fields);
      writeString(writer, writeType);
      if (context.version >= 5 && writeType === 'CAS') writer.u16(fields.contentions ?? 0);
      break;
    case 'ReadTimeout':
      writeAnswers(writer, fields);
      writer.u8(dataPresent ? 1 : 0);
      break;
    case 'ReadFailure':
      writeAnswers(writer, fields);
      writeFailures(writer, fields, context);
      writer.u8(dataPresent ? 1 : 0);
      break;
    case 'WriteFailure':
      writeAnswers(writer, fields);
      writeFailures(writer, fields, context);
      writeString(writer, writeType);
      break;
    case 'CasWriteUnknown':
      writeAnswers(writer, fields);
      break;
    case 'FunctionFailure':
      writeString(writer, keyspace);
      writeString(writer, fields.function ?? 'f');
      writeStringList(writer, fields.argTypes ?? []);
      break;
    case 'AlreadyExists':
      writeString(writer, keyspace);
      writeString(writer, fields.table ?? '');
      break;
    case 'Unprepared':
      writeShortBytes(writer, Buffer.from(fields.preparedId ?? unknownId(context)));
      break;
    case 'RateLimit':
      writer.u8(fields.operation === 'write' ? 1 : 0);
      writer.u8(fields.rejectedByCoordinator === true ? 1 : 0);
  }
}

/** `<consistency> <received int> <blockFor int>` */
function writeAnswers(writer: Writer, { consistency, received = 0, blockFor = 1 }: ErrorFields): void {
  writer.u16(consistencyOf(consistency));
  writer.i32(received);
  writer.i32(blockFor);
}

/** v4: `<count int>`; v5: `<count int> count x (<inetaddr> <code short>)` */
function writeFailures(writer: Writer, fields: ErrorFields, { version }: AnswerContext): void {
  const addresses = addressesOf(fields);
  writer.i32(addresses.length);
  if (version < 5) return;
  for (const [address, code] of addresses) {
    writer.u8(address.length);
    writer.bytes(address);
    writer.u16(code);
  }
}

/** In v5 every failure has an address: those of nobody in particular are made up. */
function addressesOf({ reasons, numFailures = 1 }: ErrorFields): [Uint8Array, number][] {
  if (reasons === undefined) {
    return Array.from({ length: numFailures }, (_, i) => [Uint8Array.of(127, 0, 0, i + 1), 0]);
  }
  const entries = reasons instanceof Map ? [...reasons] : Object.entries(reasons);
  return entries.map(([text, code]: [string, number]) => {
    const address = parseAddress(text);
    if (address === undefined)
      throw new ConfigurationError(`The reasons of a failure name "${text}", which is no address.`);
    return [address, code];
  });
}

function consistencyOf(name: Consistency = 'LOCAL_QUORUM'): number {
  const code = consistencyCode(name);
  if (code === undefined) throw new ConfigurationError(`"${name}" is no consistency level.`);
  return code;
}

/** The id that the request has, of a batch the first that it has. */
function unknownId({ request }: AnswerContext): Buffer {
  return (
    request?.preparedId ?? request?.statements?.find(({ preparedId }) => preparedId)?.preparedId ?? Buffer.alloc(0)
  );
}
