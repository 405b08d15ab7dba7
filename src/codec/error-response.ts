import { ResponseError, type ResponseErrorFields, type ResponseErrorKind } from '../errors.js';
import { consistencyName } from './consistency.js';
import { printableLines } from './printable.js';
import { copyOf, type Reader } from './reader.js';
import { formatAddress } from './values/inet.js';

// The codes of ERROR (v5, section 9).
const KINDS: ReadonlyMap<number, ResponseErrorKind> = new Map([
  [0x0000, 'ServerError'],
  [0x000a, 'ProtocolError'],
  [0x0100, 'BadCredentials'],
  [0x1000, 'Unavailable'],
  [0x1001, 'Overloaded'],
  [0x1002, 'IsBootstrapping'],
  [0x1003, 'TruncateError'],
  [0x1100, 'WriteTimeout'],
  [0x1200, 'ReadTimeout'],
  [0x1300, 'ReadFailure'],
  [0x1400, 'FunctionFailure'],
  [0x1500, 'WriteFailure'],
  [0x1600, 'CdcWriteFailure'],
  [0x1700, 'CasWriteUnknown'],
  [0x2000, 'SyntaxError'],
  [0x2100, 'Unauthorized'],
  [0x2200, 'Invalid'],
  [0x2300, 'ConfigError'],
  [0x2400, 'AlreadyExists'],
  [0x2500, 'Unprepared'],
]);

/**
 * `<code int> <message string>`, then the fields of the code.
 *
 * @param rateLimitCode The code that ScyllaDB has chosen for RateLimit, which the protocol has none for.
 */
export function readError(reader: Reader, version: number, rateLimitCode?: number): ResponseError {
  const code = reader.i32();
  const message = printableLines(reader.string());
  const kind = code === rateLimitCode ? 'RateLimit' : (KINDS.get(code) ?? 'Unknown');
  return new ResponseError(kind, message, { errorCode: code, ...readFields(reader, kind, version) });
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
 * Unknown          <what follows>
 * failures         v4: <count int>   v5: <count int> count x (<inetaddr> <code short>)
 * ```
 */
function readFields(reader: Reader, kind: ResponseErrorKind, version: number): ResponseErrorFields {
  switch (kind) {
    case 'Unavailable':
      return { ...readConsistency(reader), required: reader.i32(), alive: reader.i32() };
    case 'WriteTimeout':
      return readWriteTimeout(reader, version);
    case 'ReadTimeout':
      return { ...readAnswers(reader), dataPresent: reader.u8() !== 0 };
    case 'ReadFailure':
      return { ...readAnswers(reader), ...readFailures(reader, version), dataPresent: reader.u8() !== 0 };
    case 'WriteFailure':
      return { ...readAnswers(reader), ...readFailures(reader, version), writeType: reader.string() };
    case 'CasWriteUnknown':
      return readAnswers(reader);
    case 'FunctionFailure':
      return { keyspace: reader.string(), function: reader.string(), argTypes: reader.stringList() };
    case 'AlreadyExists':
      return readExisting(reader);
    case 'Unprepared':
      return { preparedId: reader.shortBytes() };
    case 'RateLimit':
      return { operation: reader.u8() === 0 ? 'read' : 'write', rejectedByCoordinator: reader.u8() !== 0 };
    case 'Unknown':
      return reader.remaining === 0 ? {} : { rest: copyOf(reader.buffer, reader.take(reader.remaining), reader.end) };
    default:
      return {};
  }
}

function readConsistency(reader: Reader): ResponseErrorFields {
  const consistency = consistencyName(reader.u16());
  return consistency === undefined ? {} : { consistency };
}

function readAnswers(reader: Reader): ResponseErrorFields {
  return { ...readConsistency(reader), received: reader.i32(), blockFor: reader.i32() };
}

function readWriteTimeout(reader: Reader, version: number): ResponseErrorFields {
  const fields = { ...readAnswers(reader), writeType: reader.string() };
  // Cassandra writes the number of contentions for conditional writes only, whatever the specification says.
  const hasContentions = version >= 5 && fields.writeType === 'CAS' && reader.remaining >= 2;
  return hasContentions ? { ...fields, contentions: reader.u16() } : fields;
}

function readFailures(reader: Reader, version: number): ResponseErrorFields {
  const numFailures = reader.i32();
  if (version < 5) return { numFailures };
  reader.count(numFailures, 7);
  const reasons = new Map<string, number>();
  for (let i = 0; i < numFailures; i++) {
    const address = reader.inetAddress();
    reasons.set(formatAddress(address, 0, address.length), reader.u16());
  }
  return { numFailures, reasons };
}

/** The table is empty where it is the keyspace that exists. */
function readExisting(reader: Reader): ResponseErrorFields {
  const keyspace = reader.string();
  const table = reader.string();
  return table === '' ? { keyspace } : { keyspace, table };
}
