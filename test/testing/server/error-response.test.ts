import { error } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { NO_EXTENSIONS } from '../../../src/codec/extensions.js';
import { ConfigurationError, type ResponseErrorFields, type ResponseErrorKind } from '../../../src/errors.js';
import { said } from '../../support/said.js';

const read = (response: ReturnType<typeof error>, version: 4 | 5, asked = {}, rateLimitCode?: number) => {
  const result = said(response, version, asked, {
    extensions: { ...NO_EXTENSIONS, rateLimitCode },
  });
  if (result.kind !== 'error') throw new Error(result.kind);
  return result.error;
};

const ANSWERS = { consistency: 'QUORUM', received: 1, blockFor: 2 } as const;

const CASES: readonly [ResponseErrorKind, code: number, ResponseErrorFields][] = [
  ['ServerError', 0x0000, {}],
  ['ProtocolError', 0x000a, {}],
  ['BadCredentials', 0x0100, {}],
  ['Unavailable', 0x1000, { consistency: 'EACH_QUORUM', required: 3, alive: 2 }],
  ['Overloaded', 0x1001, {}],
  ['IsBootstrapping', 0x1002, {}],
  ['TruncateError', 0x1003, {}],
  ['WriteTimeout', 0x1100, { ...ANSWERS, writeType: 'BATCH_LOG' }],
  ['ReadTimeout', 0x1200, { ...ANSWERS, dataPresent: true }],
  ['ReadFailure', 0x1300, { ...ANSWERS, numFailures: 3, dataPresent: true }],
  ['FunctionFailure', 0x1400, { keyspace: 'k', function: 'f', argTypes: ['int', 'text'] }],
  ['WriteFailure', 0x1500, { ...ANSWERS, numFailures: 2, writeType: 'COUNTER' }],
  ['CdcWriteFailure', 0x1600, {}],
  ['SyntaxError', 0x2000, {}],
  ['Unauthorized', 0x2100, {}],
  ['Invalid', 0x2200, {}],
  ['ConfigError', 0x2300, {}],
  ['AlreadyExists', 0x2400, { keyspace: 'k', table: 't' }],
  ['Unprepared', 0x2500, { preparedId: Buffer.from('id') }],
];

describe.each([4, 5] as const)('error() in v%i', (version) => {
  it.each(CASES)('says %s as the driver reads it', (kind, errorCode, fields) => {
    const found = read(error(kind, { message: 'why', ...fields }), version);
    expect(found).toMatchObject({ kind, message: 'why', errorCode, ...fields });
  });

  it.each(CASES)('has defaults for what %s has', (kind, _, fields) => {
    const found = read(error(kind), version, { preparedId: Buffer.from('asked') });
    expect(found.kind).toBe(kind);
    expect(found.message).toContain(kind);
    for (const name of Object.keys(fields)) {
      if (name !== 'table') expect(found[name as keyof typeof found], name).toBeDefined();
    }
  });

  it('says unknown codes, and rate limits by the code that was agreed on', () => {
    const unknown = error('Unknown', { errorCode: 0x7777, message: 'new' });
    expect(read(unknown, version)).toMatchObject({ kind: 'Unknown', errorCode: 0x7777, message: 'new' });
    const limit = error('RateLimit', { errorCode: 0x4321, operation: 'write', rejectedByCoordinator: true });
    expect(read(limit, version, {}, 0x4321)).toMatchObject({
      kind: 'RateLimit',
      operation: 'write',
      rejectedByCoordinator: true,
    });
  });

  it('says of what is not prepared the id that was asked for, also in a batch', () => {
    const preparedId = Buffer.from('asked');
    expect(read(error('Unprepared'), version, { preparedId })).toMatchObject({ preparedId });
    const statements = [
      { cql: 'INSERT', values: [] },
      { preparedId, values: [] },
    ];
    expect(read(error('Unprepared'), version, { statements })).toMatchObject({ preparedId });
  });

  it('comes with warnings', () => {
    const result = said(error('Overloaded', { warnings: ['w'] }), version);
    expect(result.kind === 'error' && result.header.warnings).toEqual(['w']);
  });
});

describe('error()', () => {
  it('says the reasons of failures in v5', () => {
    for (const reasons of [{ '127.0.0.1': 1, '::1': 2 }, new Map(Object.entries({ '127.0.0.1': 1, '::1': 2 }))]) {
      const found = read(error('ReadFailure', { reasons }), 5);
      expect(found.reasons).toEqual(new Map(Object.entries({ '127.0.0.1': 1, '::1': 2 })));
      expect(read(error('WriteFailure', { reasons }), 4)).toMatchObject({ numFailures: 2, writeType: 'SIMPLE' });
    }
  });

  it('says contentions in v5, of a CAS only', () => {
    expect(read(error('WriteTimeout', { writeType: 'CAS', contentions: 4 }), 5).contentions).toBe(4);
    expect(read(error('WriteTimeout', { contentions: 4 }), 5).contentions).toBeUndefined();
    expect(read(error('WriteTimeout', { writeType: 'CAS', contentions: 4 }), 4).contentions).toBeUndefined();
  });

  it('says CasWriteUnknown in v4 as the timeout of a CAS', () => {
    expect(read(error('CasWriteUnknown', ANSWERS), 5)).toMatchObject({ kind: 'CasWriteUnknown', ...ANSWERS });
    expect(read(error('CasWriteUnknown', ANSWERS), 4)).toMatchObject({
      kind: 'WriteTimeout',
      writeType: 'CAS',
      ...ANSWERS,
    });
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a kind', () => error('Unhappy' as never), /"Unhappy" is no kind of error\. There are: ServerError, /],
    ['a kind of objects', () => error('constructor' as never), /"constructor" is no kind of error/],
    ['a field', () => error('Overloaded', { required: 2 }), /The error Overloaded has no field "required"/],
    ['a missing code', () => error('RateLimit'), /The error RateLimit needs an errorCode/],
    ['a consistency', () => error('Unavailable', { consistency: 'MOST' as never }), /"MOST" is no consistency level/],
    ['an address', () => error('ReadFailure', { reasons: { x: 1 } }), /name "x", which is no address/],
  ])('refuses %s', (_, build, message) => {
    expect(build).toThrow(ConfigurationError);
    expect(build).toThrow(message);
  });
});
