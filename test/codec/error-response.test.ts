import { describe, expect, it } from 'vitest';
import { readError } from '../../src/codec/error-response.js';
import { Reader } from '../../src/codec/reader.js';
import { DecodeError, ResponseError } from '../../src/errors.js';
import { bytes, int, string } from './support.js';

/** Reads an ERROR with the message `no`. */
const read = (version: 4 | 5, code: number, ...fields: string[]): ResponseError =>
  readError(new Reader(bytes(int(code), string('no'), ...fields)), version);

/** What an error tells beside its message and its stack. */
const fieldsOf = (error: ResponseError): object => Object.fromEntries(Object.entries(error));

const QUORUM = '0004';
const TWO_OF_THREE = int(2) + int(3);
const ANSWERS = { consistency: 'QUORUM', received: 2, blockFor: 3 };

describe('readError', () => {
  it('shows what the server says in a form that moves no cursor', () => {
    const said = 'line 1:\tno\n\u001b[2J\r\u0007viable \u202ealternative';
    const error = readError(new Reader(bytes(int(0x2000), string(said))), 5);
    expect(error.message).toBe('line 1:\tno\n\\u{1b}[2J\\u{d}\\u{7}viable \\u{202e}alternative');
  });

  // Native protocol v5, section 9.
  it.each([
    [0x0000, 'ServerError', 'ERR_RXCQL_RESPONSE_SERVER_ERROR'],
    [0x000a, 'ProtocolError', 'ERR_RXCQL_RESPONSE_PROTOCOL_ERROR'],
    [0x0100, 'BadCredentials', 'ERR_RXCQL_RESPONSE_BAD_CREDENTIALS'],
    [0x1001, 'Overloaded', 'ERR_RXCQL_RESPONSE_OVERLOADED'],
    [0x1002, 'IsBootstrapping', 'ERR_RXCQL_RESPONSE_IS_BOOTSTRAPPING'],
    [0x1003, 'TruncateError', 'ERR_RXCQL_RESPONSE_TRUNCATE_ERROR'],
    [0x1600, 'CdcWriteFailure', 'ERR_RXCQL_RESPONSE_CDC_WRITE_FAILURE'],
    [0x2000, 'SyntaxError', 'ERR_RXCQL_RESPONSE_SYNTAX_ERROR'],
    [0x2100, 'Unauthorized', 'ERR_RXCQL_RESPONSE_UNAUTHORIZED'],
    [0x2200, 'Invalid', 'ERR_RXCQL_RESPONSE_INVALID'],
    [0x2300, 'ConfigError', 'ERR_RXCQL_RESPONSE_CONFIG_ERROR'],
  ])('reads 0x%s, which has no fields, as %s', (errorCode, kind, code) => {
    for (const version of [4, 5] as const) {
      const error = read(version, errorCode);
      expect(error).toBeInstanceOf(ResponseError);
      expect(error.message).toBe('no');
      expect(fieldsOf(error)).toEqual({ code, kind, errorCode });
    }
  });

  it.each([4, 5] as const)('reads Unavailable in v%i', (version) => {
    expect(fieldsOf(read(version, 0x1000, QUORUM, int(3), int(1)))).toEqual({
      code: 'ERR_RXCQL_RESPONSE_UNAVAILABLE',
      kind: 'Unavailable',
      errorCode: 0x1000,
      consistency: 'QUORUM',
      required: 3,
      alive: 1,
    });
  });

  it.each(['SIMPLE', 'BATCH', 'UNLOGGED_BATCH', 'COUNTER', 'BATCH_LOG', 'CAS', 'VIEW', 'CDC', 'SOMETHING_NEW'])(
    'reads a WriteTimeout of the type %s',
    (writeType) => {
      for (const version of [4, 5] as const) {
        expect(fieldsOf(read(version, 0x1100, QUORUM, TWO_OF_THREE, string(writeType)))).toEqual({
          code: 'ERR_RXCQL_RESPONSE_WRITE_TIMEOUT',
          kind: 'WriteTimeout',
          errorCode: 0x1100,
          ...ANSWERS,
          writeType,
        });
      }
    },
  );

  it('reads the contentions of a WriteTimeout where there are some: in v5, of a conditional write, if they were sent', () => {
    const timeout = (version: 4 | 5, writeType: string, ...rest: string[]): unknown =>
      read(version, 0x1100, QUORUM, TWO_OF_THREE, string(writeType), ...rest).contentions;
    expect(timeout(5, 'CAS', '0102')).toBe(0x0102);
    expect(timeout(5, 'CAS', '01')).toBeUndefined();
    expect(timeout(5, 'CAS')).toBeUndefined();
    expect(timeout(5, 'SIMPLE', '0102')).toBeUndefined();
    expect(timeout(4, 'CAS', '0102')).toBeUndefined();
  });

  it.each([
    ['00', false],
    ['01', true],
    ['ff', true],
  ])('reads a ReadTimeout whose byte for data is %s', (byte, dataPresent) => {
    expect(fieldsOf(read(5, 0x1200, QUORUM, TWO_OF_THREE, byte))).toEqual({
      code: 'ERR_RXCQL_RESPONSE_READ_TIMEOUT',
      kind: 'ReadTimeout',
      errorCode: 0x1200,
      ...ANSWERS,
      dataPresent,
    });
  });

  describe('of replicas that failed', () => {
    // An IPv4 and an IPv6 address with a reason each, the second of which no version knows.
    const REASONS = [int(2), '04 0a000001 0001', '10 20010db8 00000000 00000000 00000002 1234'];
    const reasons = new Map([
      ['10.0.0.1', 1],
      ['2001:db8::2', 0x1234],
    ]);
    const readFailure = { code: 'ERR_RXCQL_RESPONSE_READ_FAILURE', kind: 'ReadFailure', errorCode: 0x1300, ...ANSWERS };
    const writeFailure = {
      code: 'ERR_RXCQL_RESPONSE_WRITE_FAILURE',
      kind: 'WriteFailure',
      errorCode: 0x1500,
      ...ANSWERS,
      writeType: 'SIMPLE',
    };

    it('reads their number in v4', () => {
      expect(fieldsOf(read(4, 0x1300, QUORUM, TWO_OF_THREE, int(2), '01'))).toEqual({
        ...readFailure,
        numFailures: 2,
        dataPresent: true,
      });
      expect(fieldsOf(read(4, 0x1500, QUORUM, TWO_OF_THREE, int(2), string('SIMPLE')))).toEqual({
        ...writeFailure,
        numFailures: 2,
      });
    });

    it('reads their addresses and reasons in v5', () => {
      expect(fieldsOf(read(5, 0x1300, QUORUM, TWO_OF_THREE, ...REASONS, '00'))).toEqual({
        ...readFailure,
        numFailures: 2,
        reasons,
        dataPresent: false,
      });
      expect(fieldsOf(read(5, 0x1500, QUORUM, TWO_OF_THREE, ...REASONS, string('SIMPLE')))).toEqual({
        ...writeFailure,
        numFailures: 2,
        reasons,
      });
    });

    it('reads that there are none', () => {
      expect(read(5, 0x1300, QUORUM, TWO_OF_THREE, int(0), '00')).toMatchObject({ numFailures: 0, reasons: new Map() });
    });

    it.each([-1, 3, 0x7fffffff])('refuses %i of them in v5 where two would fit', (count) => {
      const fields = [QUORUM, TWO_OF_THREE, int(count), '04 0a000001 0001 04 0a000002 0001'];
      expect(() => read(5, 0x1300, ...fields)).toThrow(DecodeError);
    });

    it('refuses an address of another length', () => {
      expect(() => read(5, 0x1300, QUORUM, TWO_OF_THREE, int(1), '05 0a00000100 0001 01')).toThrow(DecodeError);
    });
  });

  it('reads a FunctionFailure', () => {
    const fields = [string('shop'), string('total'), '0002', string('int'), string('text')];
    expect(fieldsOf(read(5, 0x1400, ...fields))).toEqual({
      code: 'ERR_RXCQL_RESPONSE_FUNCTION_FAILURE',
      kind: 'FunctionFailure',
      errorCode: 0x1400,
      keyspace: 'shop',
      function: 'total',
      argTypes: ['int', 'text'],
    });
  });

  it('reads a CasWriteUnknown', () => {
    expect(fieldsOf(read(5, 0x1700, '0008', TWO_OF_THREE))).toEqual({
      code: 'ERR_RXCQL_RESPONSE_CAS_WRITE_UNKNOWN',
      kind: 'CasWriteUnknown',
      errorCode: 0x1700,
      ...ANSWERS,
      consistency: 'SERIAL',
    });
  });

  it('reads an AlreadyExists of a table, and of a keyspace, whose table is empty', () => {
    const exists = { code: 'ERR_RXCQL_RESPONSE_ALREADY_EXISTS', kind: 'AlreadyExists', errorCode: 0x2400 };
    expect(fieldsOf(read(4, 0x2400, string('shop'), string('orders')))).toEqual({
      ...exists,
      keyspace: 'shop',
      table: 'orders',
    });
    expect(fieldsOf(read(4, 0x2400, string('shop'), string('')))).toEqual({ ...exists, keyspace: 'shop' });
  });

  it('reads an Unprepared with the id that is not known', () => {
    expect(fieldsOf(read(5, 0x2500, '0003 c0ffee'))).toEqual({
      code: 'ERR_RXCQL_RESPONSE_UNPREPARED',
      kind: 'Unprepared',
      errorCode: 0x2500,
      preparedId: bytes('c0ffee'),
    });
  });

  it.each([0x0001, 0x4321, 0x7fffffff, -1])(
    'passes on the unknown code %i with its message and what follows',
    (errorCode) => {
      const error = read(5, errorCode, '00 01');
      expect(error.message).toBe('no');
      const fields = { code: 'ERR_RXCQL_RESPONSE_UNKNOWN', kind: 'Unknown', errorCode };
      expect(fieldsOf(error)).toEqual({ ...fields, rest: bytes('0001') });
      expect(fieldsOf(read(5, errorCode, ''))).toEqual(fields);
    },
  );

  it('leaves out a consistency level that is not known', () => {
    const error = read(5, 0x1000, '00ff', int(3), int(1));
    expect(error).toMatchObject({ required: 3, alive: 1 });
    expect('consistency' in error).toBe(false);
  });

  it("reads ScyllaDB's RateLimit under the code that the server has announced", () => {
    const body = (...fields: string[]): Reader => new Reader(bytes(int(0xf000), string('no'), ...fields));
    const error = { code: 'ERR_RXCQL_RESPONSE_RATE_LIMIT', kind: 'RateLimit', errorCode: 0xf000 };
    expect(fieldsOf(readError(body('00 01'), 4, 0xf000))).toEqual({
      ...error,
      operation: 'read',
      rejectedByCoordinator: true,
    });
    expect(fieldsOf(readError(body('01 00'), 4, 0xf000))).toEqual({
      ...error,
      operation: 'write',
      rejectedByCoordinator: false,
    });
    expect(readError(body('00 01'), 4, 0xf001).kind).toBe('Unknown');
    expect(readError(body('00 01'), 4).kind).toBe('Unknown');
  });
});
