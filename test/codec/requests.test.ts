import { describe, expect, it } from 'vitest';
import type { BoundValues, QueryParameters, RequestParameters } from '../../src/codec/parameters.js';
import {
  type BatchStatement,
  type BatchType,
  executeIds,
  writeAuthResponse,
  writeBatch,
  writeCustomPayload,
  writeExecute,
  writePrepare,
  writeQuery,
  writeRegister,
  writeStartup,
} from '../../src/codec/requests.js';
import type { Writer } from '../../src/codec/writer.js';
import { BindError, ConfigurationError } from '../../src/errors.js';
import { bytes, hex, thrownBy, written } from './support.js';

const ONE = 1;
const QUORUM = 4;
const SERIAL = 8;

/** Values that are written as these digits. */
function bound(values: readonly string[], names?: readonly string[]): BoundValues {
  return { count: values.length, names, write: (writer, index) => writer.bytes(bytes(values[index]!)) };
}

/** Three values of the protocol: one of bytes, null, and one that is not set. */
const VALUES = ['00000002 aabb', 'ffffffff', 'fffffffe'];

describe('writeStartup', () => {
  it('writes a string map', () => {
    expect(written((writer) => writeStartup(writer, { CQL_VERSION: '3.0.0' }))).toBe(
      hex('0001', '000b 43514c5f56455253494f4e', '0005 332e302e30'),
    );
    expect(written((writer) => writeStartup(writer, { A: 'é', B: '' }))).toBe(
      hex('0002', '0001 41', '0002 c3a9', '0001 42', '0000'),
    );
  });
});

describe('writeAuthResponse', () => {
  it('writes bytes', () => {
    expect(written((writer) => writeAuthResponse(writer, Buffer.from('\0user\0pass')))).toBe(
      hex('0000000a', '00 75736572 00 70617373'),
    );
    expect(written((writer) => writeAuthResponse(writer, new Uint8Array(0)))).toBe('00000000');
    expect(written((writer) => writeAuthResponse(writer, null))).toBe('ffffffff');
  });
});

describe('writeRegister', () => {
  it('writes a string list', () => {
    expect(written((writer) => writeRegister(writer, ['STATUS_CHANGE', 'SCHEMA_CHANGE']))).toBe(
      hex('0002', '000d 5354415455535f4348414e4745', '000d 534348454d415f4348414e4745'),
    );
  });
});

describe('writePrepare', () => {
  it('writes the text alone in v4', () => {
    expect(written((writer) => writePrepare(writer, 4, 'SELECT é'))).toBe(hex('00000009 53454c45435420c3a9'));
  });

  it('writes flags and the keyspace in v5', () => {
    expect(written((writer) => writePrepare(writer, 5, 'SELECT 1'))).toBe(hex('00000008 53454c4543542031 00000000'));
    expect(written((writer) => writePrepare(writer, 5, 'SELECT 1', 'ks'))).toBe(
      hex('00000008 53454c4543542031 00000001 0002 6b73'),
    );
  });
});

describe('writePrepare in v4', () => {
  it('refuses a keyspace, which it has no place for', () => {
    expect(thrownBy(() => written((writer) => writePrepare(writer, 4, 'SELECT 1', 'ks')))).toEqual(
      new ConfigurationError('The option "keyspace" needs protocol v5; the server speaks v4.'),
    );
  });
});

describe('writeQuery', () => {
  const query = (version: 4 | 5, parameters: QueryParameters): string =>
    written((writer) => writeQuery(writer, version, 'SELECT 1', parameters));
  const TEXT = '00000008 53454c4543542031';

  it('writes the text, the consistency level and no flags: one byte in v4, an int in v5', () => {
    expect(query(4, { consistency: ONE })).toBe(hex(TEXT, '0001 00'));
    expect(query(5, { consistency: QUORUM })).toBe(hex(TEXT, '0004 00000000'));
  });

  // Native protocol v5, section 4.1.4: a flag for every field.
  it.each<[string, string, Partial<QueryParameters>, string]>([
    ['values', '01', { values: bound(VALUES) }, '0003 00000002aabb ffffffff fffffffe'],
    ['no values at all', '01', { values: bound([]) }, '0000'],
    ['named values', '41', { values: bound(['00000001 aa'], ['id']) }, '0001 0002 6964 00000001 aa'],
    ['the wish for no metadata', '02', { skipMetadata: true }, ''],
    ['a page size', '04', { pageSize: 5000 }, '00001388'],
    ['a paging state', '08', { pagingState: bytes('0102ff') }, '00000003 0102ff'],
    ['a serial consistency', '10', { serialConsistency: SERIAL }, '0008'],
    ['a timestamp', '20', { timestamp: 1_700_000_000_000_000n }, '00060a24181e4000'],
  ])('writes %s under the flag 0x%s', (_, flag, field, expected) => {
    expect(query(4, { consistency: ONE, ...field })).toBe(hex(TEXT, '0001', flag, expected));
    expect(query(5, { consistency: ONE, ...field })).toBe(hex(TEXT, '0001 000000', flag, expected));
  });

  it.each<[string, string, Partial<QueryParameters>, string]>([
    ['a keyspace', '00000080', { keyspace: 'ks' }, '0002 6b73'],
    ['the time that counts as now', '00000100', { nowInSeconds: 1_700_000_000 }, '6553f100'],
  ])('writes %s under the flag 0x%s of v5', (_, flag, field, expected) => {
    expect(query(5, { consistency: ONE, ...field })).toBe(hex(TEXT, '0001', flag, expected));
  });

  it.each<[string, Partial<QueryParameters>]>([
    ['keyspace', { keyspace: 'ks' }],
    ['nowInSeconds', { nowInSeconds: 0 }],
  ])('refuses the %s in v4, which has no place for it', (option, field) => {
    expect(thrownBy(() => query(4, { consistency: ONE, ...field }))).toEqual(
      new ConfigurationError(`The option "${option}" needs protocol v5; the server speaks v4.`),
    );
  });

  it('sets no flag for a field that is undefined or false', () => {
    const parameters = { consistency: ONE, values: undefined, skipMetadata: false, pageSize: undefined };
    expect(query(4, parameters)).toBe(hex(TEXT, '0001 00'));
  });

  const everything = {
    values: bound(VALUES, ['a', 'b', 'c']),
    skipMetadata: true,
    pageSize: 100,
    pagingState: bytes('ff'),
    serialConsistency: SERIAL,
    timestamp: -1n,
  };
  const EVERYTHING = [
    '0003 0001 61 00000002 aabb 0001 62 ffffffff 0001 63 fffffffe',
    '00000064',
    '00000001 ff',
    '0008',
    'ffffffffffffffff',
  ];

  it('writes all fields of v4 in the order of the specification', () => {
    expect(query(4, { consistency: QUORUM, ...everything })).toBe(hex(TEXT, '0004 7f', ...EVERYTHING));
  });

  it('writes all fields of v5 in the order of the specification', () => {
    const parameters = { consistency: QUORUM, ...everything, keyspace: 'ks', nowInSeconds: 7 };
    expect(query(5, parameters)).toBe(hex(TEXT, '0004 000001ff', ...EVERYTHING, '0002 6b73', '00000007'));
  });

  it('takes a text that is longer than a short could say', () => {
    const text = 'é'.repeat(40_000);
    const digits = written((writer) => writeQuery(writer, 4, text, { consistency: ONE }));
    expect(digits).toBe(hex('00013880', 'c3a9'.repeat(40_000), '0001 00'));
  });
});

describe('writeExecute', () => {
  const parameters = { consistency: ONE, values: bound(VALUES), pageSize: 5000 };
  const BODY = '0003 00000002aabb ffffffff fffffffe 00001388';

  it('writes the id and the parameters in v4, which has no metadata id', () => {
    expect(
      written((writer) => writeExecute(writer, 4, executeIds(bytes('c0ffee'), bytes('abcd'), false), parameters)),
    ).toBe(hex('0003 c0ffee', '0001 05', BODY));
  });

  it('writes both ids in v5', () => {
    expect(
      written((writer) => writeExecute(writer, 5, executeIds(bytes('c0ffee'), bytes('abcd'), true), parameters)),
    ).toBe(hex('0003 c0ffee', '0002 abcd', '0001 00000005', BODY));
  });

  it('writes an empty metadata id in v5 where none is known', () => {
    expect(
      written((writer) => writeExecute(writer, 5, executeIds(bytes('c0ffee'), undefined, true), { consistency: ONE })),
    ).toBe(hex('0003 c0ffee', '0000', '0001 00000000'));
  });
});

describe('writeBatch', () => {
  const batch = (
    version: 4 | 5,
    statements: readonly BatchStatement[],
    parameters: Partial<RequestParameters> = {},
    type: BatchType = 'logged',
  ): string => written((writer) => writeBatch(writer, version, type, statements, { consistency: ONE, ...parameters }));
  const TEXT: BatchStatement = { statement: 'é', values: bound([]) };
  const PREPARED: BatchStatement = { statement: bytes('c0ffee'), values: bound(VALUES) };

  it('writes statements by text and by id, each with its values, and no metadata id', () => {
    const STATEMENTS = '0002 00 00000002 c3a9 0000 01 0003 c0ffee 0003 00000002aabb ffffffff fffffffe';
    expect(batch(4, [TEXT, PREPARED])).toBe(hex('00', STATEMENTS, '0001 00'));
    expect(batch(5, [TEXT, PREPARED])).toBe(hex('00', STATEMENTS, '0001 00000000'));
  });

  it.each([
    ['logged', '00'],
    ['unlogged', '01'],
    ['counter', '02'],
  ] as const)('writes the type %s as %s', (type, digits) => {
    expect(batch(4, [], {}, type)).toBe(hex(digits, '0000 0001 00'));
  });

  it('writes all fields in the order of the specification', () => {
    const parameters = { consistency: QUORUM, serialConsistency: SERIAL, timestamp: 1n };
    expect(batch(4, [], parameters)).toBe(hex('00 0000 0004 30 0008 0000000000000001'));
    expect(batch(5, [], { ...parameters, keyspace: 'ks', nowInSeconds: 7 })).toBe(
      hex('00 0000 0004 000001b0 0008 0000000000000001 0002 6b73 00000007'),
    );
  });

  it('refuses what v4 cannot carry, and names, which no server can read', () => {
    expect(() => batch(4, [], { keyspace: 'ks' })).toThrow(ConfigurationError);
    expect(() => batch(4, [], { nowInSeconds: 1 })).toThrow(ConfigurationError);
    const named = { statement: '', values: bound(['00'], ['id']) };
    expect(thrownBy(() => batch(5, [named]))).toEqual(
      new BindError('The values of a statement in a batch go by position, not by name.'),
    );
  });

  it('takes 65535 statements', () => {
    expect(batch(4, new Array<BatchStatement>(65_535).fill(TEXT))).toBe(
      hex('00 ffff', '00 00000002 c3a9 0000'.repeat(65_535), '0001 00'),
    );
  });
});

describe('writeCustomPayload', () => {
  it('writes a bytes map', () => {
    const payload = new Map<string, Uint8Array>([
      ['a', bytes('0102')],
      ['b', new Uint8Array(0)],
    ]);
    expect(written((writer) => writeCustomPayload(writer, payload))).toBe(
      hex('0002', '0001 61 00000002 0102', '0001 62 00000000'),
    );
  });
});

describe('what a short counts', () => {
  const long = 'é'.repeat(32_767);
  const tooLong = `${long}aa`;
  const nothing = new Uint8Array(0);

  it('may be 65535', () => {
    expect(written((writer) => writeRegister(writer, [`${long}a`]))).toBe(
      hex('0001 ffff', 'c3a9'.repeat(32_767), '61'),
    );
    const values: BoundValues = { count: 65_535, write: (writer) => writer.i32(-1) };
    expect(written((writer) => writeQuery(writer, 4, '', { consistency: ONE, values }))).toBe(
      hex('00000000 0001 01 ffff', 'ffffffff'.repeat(65_535)),
    );
  });

  const tooMany: BoundValues = { count: 65_536, write: () => expect.unreachable() };
  const tooManyEntries = new Map(Array.from({ length: 65_536 }, (_, i) => [String(i), nothing]));
  const query = { consistency: ONE };

  it.each<[what: string, write: (writer: Writer) => void]>([
    ['bytes of a string', (writer) => writePrepare(writer, 5, '', tooLong)],
    ['bytes of a string', (writer) => writeQuery(writer, 5, '', { ...query, values: bound(['00'], [tooLong]) })],
    ['bytes of a string', (writer) => writeQuery(writer, 5, '', { ...query, keyspace: tooLong })],
    ['bytes of a string', (writer) => writeCustomPayload(writer, new Map([[tooLong, nothing]]))],
    ['values of a statement', (writer) => writeQuery(writer, 4, '', { ...query, values: tooMany })],
    ['entries of a custom payload', (writer) => writeCustomPayload(writer, tooManyEntries)],
    ['statements of a batch', (writer) => writeBatch(writer, 4, 'logged', new Array<BatchStatement>(65_536), query)],
    ['bytes of an id', () => executeIds(Buffer.alloc(65_536), undefined, false)],
    ['bytes of an id', () => executeIds(Buffer.alloc(16), Buffer.alloc(65_536), true)],
  ])('may not be 65536 %s', (what, write) => {
    expect(thrownBy(() => written(write))).toEqual(
      new BindError(`65536 ${what} are more than the 65535 that the protocol allows.`),
    );
  });
});
