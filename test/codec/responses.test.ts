import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EnvelopeFlag, Opcode } from '../../src/codec/envelope.js';
import { readResponse, type Response, type RowsResult } from '../../src/codec/responses.js';
import type { ResultColumns } from '../../src/codec/result-columns.js';
import { DEFAULT_VALUES, valueSettings } from '../../src/codec/value-options.js';
import { DecodeError, ResponseError } from '../../src/errors.js';
import { bytes, hex, int, response, string, thrownBy } from './support.js';

interface Options {
  readonly version?: number;
  readonly flags?: number;
  readonly known?: ResultColumns | undefined;
}

const read = (opcode: number, body: readonly string[], { known, ...options }: Options = {}): Response =>
  readResponse(response(opcode, hex(...body), options), {
    values: DEFAULT_VALUES,
    columns: known,
    isOmitted: known !== undefined,
  });

const result = (body: readonly string[], options?: Options): Response => read(Opcode.RESULT, body, options);

function rowsOf(body: readonly string[], options?: Options): RowsResult {
  const found = result(body, options);
  if (found.kind !== 'rows') throw new Error(`This is a result of the kind ${found.kind}.`);
  return found;
}

/** All rows of a result. */
function allRows({ rows }: RowsResult): unknown[] {
  const cursor = rows.cursor();
  return Array.from({ length: rows.rowCount }, () => cursor.next());
}

const PLAIN = { tracingId: undefined, warnings: [], customPayload: undefined };

// The kinds of RESULT.
const [VOID, ROWS, SET_KEYSPACE, PREPARED, SCHEMA_CHANGE] = [int(1), int(2), int(3), int(4), int(5)];

const GLOBAL_TABLES_SPEC = 0x1;
const HAS_MORE_PAGES = 0x2;
const NO_METADATA = 0x4;
const METADATA_CHANGED = 0x8;

/** Columns `id int, name text` of the table shop.users, and two rows of them. */
const COLUMNS = [string('shop'), string('users'), string('id'), '0009', string('name'), '000d'];
const METADATA = [int(GLOBAL_TABLES_SPEC), int(2), ...COLUMNS];
const CELLS = ['00000004 00000001 00000003 416461', '00000004 00000002 ffffffff'];
const TWO_ROWS = [ROWS, ...METADATA, int(2), ...CELLS];
const ADA_AND_NULL = [
  { id: 1, name: 'Ada' },
  { id: 2, name: null },
];

describe('readResponse', () => {
  it('reads READY', () => {
    expect(read(Opcode.READY, [])).toEqual({ kind: 'ready' });
  });

  it('reads AUTHENTICATE', () => {
    const authenticator = 'org.apache.cassandra.auth.PasswordAuthenticator';
    expect(read(Opcode.AUTHENTICATE, [string(authenticator)])).toEqual({ kind: 'authenticate', authenticator });
  });

  it('reads SUPPORTED', () => {
    const body = [
      '0002',
      string('CQL_VERSION'),
      '0001',
      string('3.4.7'),
      string('COMPRESSION'),
      '0002',
      string('snappy'),
      string('lz4'),
    ];
    expect(read(Opcode.SUPPORTED, body)).toEqual({
      kind: 'supported',
      options: new Map([
        ['CQL_VERSION', ['3.4.7']],
        ['COMPRESSION', ['snappy', 'lz4']],
      ]),
    });
  });

  it.each([
    ['AUTH_CHALLENGE', Opcode.AUTH_CHALLENGE, 'authChallenge'],
    ['AUTH_SUCCESS', Opcode.AUTH_SUCCESS, 'authSuccess'],
  ])('reads %s, whose token may be null', (_, opcode, kind) => {
    expect(read(opcode, ['00000002 aabb'])).toEqual({ kind, token: bytes('aabb') });
    expect(read(opcode, ['00000000'])).toEqual({ kind, token: bytes('') });
    expect(read(opcode, ['ffffffff'])).toEqual({ kind, token: null });
  });

  it('reads EVENT', () => {
    const body = [string('STATUS_CHANGE'), string('DOWN'), '04 0a000001', int(9042)];
    expect(read(Opcode.EVENT, body)).toEqual({
      kind: 'event',
      event: { type: 'STATUS_CHANGE', change: 'DOWN', host: '10.0.0.1', port: 9042 },
    });
  });

  it('reads ERROR by the fields of the envelope’s version', () => {
    const body = [int(0x1300), string('no'), '0001', int(1), int(2), int(1), '04 0a000001 0002', '01'];
    const v5 = read(Opcode.ERROR, body, { version: 5 });
    expect(v5).toMatchObject({ kind: 'error', header: PLAIN, error: { reasons: new Map([['10.0.0.1', 2]]) } });
    const v4 = read(Opcode.ERROR, body, { version: 4 });
    expect(v4).toMatchObject({ kind: 'error', error: { numFailures: 1, dataPresent: true } });
    expect(v4.kind === 'error' && v4.error).toBeInstanceOf(ResponseError);
  });

  it.each([
    [0x01, '0x01'],
    [0x07, '0x07'],
    [0x04, '0x04'],
    [0xff, '0xff'],
  ])('refuses the opcode %i, which is no response', (opcode, text) => {
    expect(thrownBy(() => read(opcode, []))).toEqual(new DecodeError(`The opcode ${text} is no response.`));
  });
});

describe('RESULT', () => {
  it('Void', () => {
    expect(result([VOID])).toEqual({ kind: 'void', header: PLAIN });
  });

  it('Set_keyspace', () => {
    expect(result([SET_KEYSPACE, string('shop')])).toEqual({ kind: 'setKeyspace', header: PLAIN, keyspace: 'shop' });
  });

  it('Schema_change', () => {
    const body = [SCHEMA_CHANGE, string('CREATED'), string('TABLE'), string('shop'), string('orders')];
    expect(result(body)).toEqual({
      kind: 'schemaChange',
      header: PLAIN,
      change: { change: 'CREATED', target: 'TABLE', keyspace: 'shop', name: 'orders', argTypes: undefined },
    });
  });

  it.each([0, 6, -1])('refuses the kind %i', (kind) => {
    expect(thrownBy(() => result([int(kind)]))).toEqual(new DecodeError(`A result of kind ${kind} is not known.`));
  });

  describe('Rows', () => {
    it('come with their columns', () => {
      const found = rowsOf(TWO_ROWS);
      expect(found).toMatchObject({ header: PLAIN, pagingState: undefined, newMetadataId: undefined });
      expect(found.rows.columns.map((column) => column.name)).toEqual(['id', 'name']);
      expect(found.rows.rowCount).toBe(2);
      expect(allRows(found)).toEqual(ADA_AND_NULL);
    });

    it('may be none, with others after them', () => {
      const found = rowsOf([
        ROWS,
        int(GLOBAL_TABLES_SPEC | HAS_MORE_PAGES),
        int(2),
        '00000002 aabb',
        ...COLUMNS,
        int(0),
      ]);
      expect(found.pagingState).toEqual(bytes('aabb'));
      expect(allRows(found)).toEqual([]);
    });

    it('without a description are read by the columns that are known', () => {
      const known = rowsOf(TWO_ROWS).rows.described;
      const found = rowsOf([ROWS, int(NO_METADATA), int(2), int(2), ...CELLS], { known });
      expect(found.rows.described).toBe(known);
      expect(allRows(found)).toEqual(ADA_AND_NULL);
    });

    it('without a description are read as the settings say, whoever knew the columns first', () => {
      const known = rowsOf([ROWS, int(GLOBAL_TABLES_SPEC), int(1), ...COLUMNS.slice(0, 3), '0002', int(0)]).rows
        .described;
      const values = valueSettings({ int64: 'number' });
      const body = [ROWS, int(NO_METADATA), int(1), int(1), '00000008 0000000000000005'];
      const found = readResponse(response(Opcode.RESULT, body.join('')), {
        values,
        columns: known,
        isOmitted: true,
      });
      expect(allRows(found as RowsResult)).toEqual([{ id: 5 }]);
    });

    it('with the description that is known share its columns', () => {
      const known = rowsOf(TWO_ROWS).rows.described;
      const found = rowsOf(TWO_ROWS, { known });
      expect(found.rows.described).toBe(known);
      expect(found.rows.columns).toBe(known.columns);
      expect(allRows(found)).toEqual(ADA_AND_NULL);
    });

    it('with another description than is known are read by that', () => {
      const known = rowsOf(TWO_ROWS).rows.described;
      const columns = [string('shop'), string('users'), string('id'), '000d', string('name'), '000d'];
      const body = [ROWS, int(GLOBAL_TABLES_SPEC), int(2), ...columns, int(1), '00000001 31 00000001 61'];
      const found = rowsOf(body, { known });
      expect(found.rows.described).not.toBe(known);
      expect(allRows(found)).toEqual([{ id: '1', name: 'a' }]);
    });

    it('whose metadata has changed bring the new id and are read by the new columns', () => {
      const known = rowsOf(TWO_ROWS).rows.described;
      const flags = int(GLOBAL_TABLES_SPEC | METADATA_CHANGED);
      const columns = [string('shop'), string('users'), string('age'), '0009'];
      const found = rowsOf([ROWS, flags, int(1), '0002 cafe', ...columns, int(1), '00000004 00000024'], { known });
      expect(found.newMetadataId).toEqual(bytes('cafe'));
      expect(allRows(found)).toEqual([{ age: 36 }]);
    });

    it('without a description are refused where no columns are known, or not as many', () => {
      const body = [ROWS, int(NO_METADATA), int(2), int(0)];
      const error = new DecodeError('2 columns came without a description, and none is known that fits.');
      expect(thrownBy(() => result(body))).toEqual(error);
      const known = rowsOf([ROWS, int(GLOBAL_TABLES_SPEC), int(1), ...COLUMNS.slice(0, 4), int(0)]).rows.described;
      expect(thrownBy(() => result(body, { known }))).toEqual(error);
    });

    it.each([
      ['a negative number of them', [ROWS, ...METADATA, int(-1), ...CELLS]],
      ['2^31 - 1 of them', [ROWS, ...METADATA, int(0x7fffffff), ...CELLS]],
      ['one more than there is room for', [ROWS, ...METADATA, int(4), ...CELLS]],
      ['2^31 - 1 of them without columns', [ROWS, int(GLOBAL_TABLES_SPEC), int(0), '0000 0000', int(0x7fffffff)]],
      ['one of them without columns', [ROWS, int(GLOBAL_TABLES_SPEC), int(0), '0000 0000', int(1)]],
      [
        'some without columns, each of a byte',
        [ROWS, int(GLOBAL_TABLES_SPEC), int(0), '0000 0000', int(9), '00'.repeat(9)],
      ],
      ['2^31 - 1 columns', [ROWS, int(GLOBAL_TABLES_SPEC), int(0x7fffffff), ...COLUMNS]],
      ['a paging state of 2^31 - 1 bytes', [ROWS, int(HAS_MORE_PAGES), int(2), int(0x7fffffff), ...COLUMNS]],
      ['a type of 100,000 levels', [ROWS, int(0), int(1), '0000 0000 0000', '0020'.repeat(100_000), '0009', int(0)]],
    ])('are refused when they announce %s', (_, body) => {
      expect(thrownBy(() => result(body))).toBeInstanceOf(DecodeError);
    });
  });

  describe('Prepared', () => {
    const MARKERS = [int(GLOBAL_TABLES_SPEC), int(1), int(1), '0000', ...COLUMNS.slice(0, 4)];

    it('has one id in v4', () => {
      const found = result([PREPARED, '0002 c0de', ...MARKERS, ...METADATA], { version: 4 });
      expect(found).toMatchObject({ kind: 'prepared', header: PLAIN, id: bytes('c0de'), metadataId: undefined });
      expect(found).toMatchObject({
        parameters: [{ keyspace: 'shop', table: 'users', name: 'id', type: 'int' }],
        partitionKey: [0],
        described: { columns: [{ name: 'id' }, { name: 'name' }] },
      });
    });

    it('has one more for its result in v5', () => {
      const found = result([PREPARED, '0002 c0de', '0003 abcdef', ...MARKERS, ...METADATA]);
      expect(found).toMatchObject({ id: bytes('c0de'), metadataId: bytes('abcdef'), partitionKey: [0] });
    });

    it.each([
      ['none', [int(NO_METADATA), int(0)]],
      ['columns without a description', [int(NO_METADATA), int(3)]],
      ['no columns in a description', [int(GLOBAL_TABLES_SPEC), int(0), '0000 0000']],
    ])('knows no columns of a statement that promises %s', (_, metadata) => {
      const found = result([PREPARED, '0002 c0de', '0000', int(0), int(0), int(0), ...metadata]);
      expect(found).toMatchObject({ parameters: [], partitionKey: [], described: undefined });
    });

    it('describes columns that rows without a description can be read by', () => {
      const found = result([PREPARED, '0002 c0de', '0003 abcdef', ...MARKERS, ...METADATA]);
      const known = found.kind === 'prepared' ? found.described : undefined;
      expect(allRows(rowsOf([ROWS, int(NO_METADATA), int(2), int(2), ...CELLS], { known }))).toEqual(ADA_AND_NULL);
    });
  });
});

describe('what may come before any body', () => {
  const TRACING = '00112233445566778899aabbccddeeff';
  const WARNINGS = hex('0002', string('too large'), string('too many'));
  const PAYLOAD = hex('0001', string('k'), '00000002 aabb');
  const combinations = Array.from({ length: 8 }, (_, i) => ({
    tracing: (i & 1) !== 0,
    warning: (i & 2) !== 0,
    payload: (i & 4) !== 0,
  }));

  it.each(combinations)(
    'is read: tracing $tracing, warnings $warning, payload $payload',
    ({ tracing, warning, payload }) => {
      const flags =
        (tracing ? EnvelopeFlag.TRACING : 0) |
        (warning ? EnvelopeFlag.WARNING : 0) |
        (payload ? EnvelopeFlag.CUSTOM_PAYLOAD : 0);
      const prefix = [tracing ? TRACING : '', warning ? WARNINGS : '', payload ? PAYLOAD : ''];
      const header = {
        tracingId: tracing ? '00112233-4455-6677-8899-aabbccddeeff' : undefined,
        warnings: warning ? ['too large', 'too many'] : [],
        customPayload: payload ? new Map([['k', bytes('aabb')]]) : undefined,
      };
      for (const version of [4, 5]) {
        const options = { version, flags };
        expect(result([...prefix, VOID], options)).toEqual({ kind: 'void', header });
        const rows = rowsOf([...prefix, ...TWO_ROWS], options);
        expect(rows.header).toEqual(header);
        expect(allRows(rows)).toEqual(ADA_AND_NULL);
        const failed = read(Opcode.ERROR, [...prefix, int(0x2200), string('no')], options);
        expect(failed).toMatchObject({ kind: 'error', header, error: { kind: 'Invalid', message: 'no' } });
      }
    },
  );

  it('is not looked for under the flags for other things', () => {
    const flags = EnvelopeFlag.BETA;
    expect(result([VOID], { flags })).toEqual({ kind: 'void', header: PLAIN });
  });
});

const UNKNOWN_ERROR = 'an error that is not known';

describe('every response', () => {
  interface Sample {
    readonly name: string;
    readonly opcode: number;
    readonly version: number;
    readonly body: string;
  }
  const sample = (name: string, opcode: number, ...body: readonly string[]): Sample => {
    return { name, opcode, version: 5, body: hex(...body) };
  };
  const event = (type: string, ...body: readonly string[]): Sample => {
    return sample(type, Opcode.EVENT, string(type), ...body);
  };
  const error = (name: string, code: number, ...fields: readonly string[]): Sample => {
    return sample(name, Opcode.ERROR, int(code), string('no'), ...fields);
  };
  const [SHOP, ORDERS, ARGUMENTS] = [string('shop'), string('orders'), `0001${string('int')}`];
  const ANSWERS = `0004${int(2)}${int(3)}`;
  const REASONS = `${int(1)} 04 0a000001 0001`;
  const samples: readonly Sample[] = [
    sample('AUTHENTICATE', Opcode.AUTHENTICATE, string('Authenticator')),
    sample('SUPPORTED', Opcode.SUPPORTED, '0001', string('COMPRESSION'), '0002', string('snappy'), string('lz4')),
    sample('AUTH_CHALLENGE', Opcode.AUTH_CHALLENGE, '00000002 aabb'),
    sample('AUTH_SUCCESS', Opcode.AUTH_SUCCESS, 'ffffffff'),
    event('TOPOLOGY_CHANGE', string('NEW_NODE'), '04 0a000001', int(9042)),
    event('STATUS_CHANGE', string('UP'), '10', '00'.repeat(16), int(9042)),
    event('SCHEMA_CHANGE', string('DROPPED'), string('AGGREGATE'), SHOP, string('total'), ARGUMENTS),
    sample('Void', Opcode.RESULT, VOID),
    sample('Rows', Opcode.RESULT, ...TWO_ROWS),
    sample('Rows with all', Opcode.RESULT, ROWS, int(0xb), int(2), '00000001 aa 0001 ca', ...COLUMNS, int(2), ...CELLS),
    sample('Set_keyspace', Opcode.RESULT, SET_KEYSPACE, SHOP),
    sample(
      'Prepared',
      Opcode.RESULT,
      PREPARED,
      '0001 c0 0001 ca',
      int(1),
      int(2),
      int(1),
      '0001',
      ...COLUMNS,
      ...METADATA,
    ),
    sample('Schema_change', Opcode.RESULT, SCHEMA_CHANGE, string('CREATED'), string('TABLE'), SHOP, ORDERS),
    error('Unavailable', 0x1000, '0004', int(3), int(1)),
    error('WriteTimeout', 0x1100, ANSWERS, string('SIMPLE')),
    error('ReadTimeout', 0x1200, ANSWERS, '01'),
    { ...error('ReadFailure of v4', 0x1300, ANSWERS, int(1), '01'), version: 4 },
    error('ReadFailure of v5', 0x1300, ANSWERS, REASONS, '01'),
    error('FunctionFailure', 0x1400, SHOP, string('total'), ARGUMENTS),
    { ...error('WriteFailure of v4', 0x1500, ANSWERS, int(1), string('VIEW')), version: 4 },
    error('WriteFailure of v5', 0x1500, ANSWERS, REASONS, string('VIEW')),
    error('CasWriteUnknown', 0x1700, ANSWERS),
    error('AlreadyExists', 0x2400, SHOP, ORDERS),
    error('Unprepared', 0x2500, '0002 c0de'),
    error(UNKNOWN_ERROR, 0x4321),
  ];
  const PREFIX = hex('00112233445566778899aabbccddeeff', '0001', string('beware'), '0001', string('k'), '00000001 aa');
  const ALL_FLAGS = EnvelopeFlag.TRACING | EnvelopeFlag.WARNING | EnvelopeFlag.CUSTOM_PAYLOAD;

  /** Reads a response and, if it is one of rows, all of these. */
  const readWhole = (opcode: number, body: string, options: Options): unknown => {
    const found = read(opcode, [body], options);
    return found.kind === 'rows' ? { ...found, rows: allRows(found) } : found;
  };

  const readsOrRefuses = (opcode: number, body: string, options: Options): void => {
    try {
      readWhole(opcode, body, options);
    } catch (reason) {
      expect(reason).toBeInstanceOf(DecodeError);
    }
  };

  it.each(samples)('$name: cut at any byte is a DecodeError', ({ opcode, body, version }) => {
    const whole = PREFIX + body;
    const options = { version, flags: ALL_FLAGS };
    readWhole(opcode, whole, options);
    for (let end = 0; end < whole.length; end += 2) {
      const reason = thrownBy(() => readWhole(opcode, whole.slice(0, end), options));
      expect(reason, `cut after ${end / 2} bytes`).toBeInstanceOf(DecodeError);
    }
  });

  // Of an error that is not known, what follows is all that there is to know.
  it.each(samples.filter(({ name }) => name !== UNKNOWN_ERROR))(
    '$name: bytes that follow are ignored',
    ({ opcode, body, version }) => {
      expect(readWhole(opcode, `${body}deadbeef`, { version })).toEqual(readWhole(opcode, body, { version }));
    },
  );

  it('is read or is a DecodeError, whatever its bytes are', () => {
    const opcode = fc.constantFrom(...Object.values(Opcode));
    const kind = fc.constantFrom(VOID, ROWS, SET_KEYSPACE, PREPARED, SCHEMA_CHANGE, '');
    const rest = fc.uint8Array({ maxLength: 80 }).map((content) => Buffer.from(content).toString('hex'));
    const options = fc.record({ version: fc.constantFrom(4, 5), flags: fc.nat({ max: 31 }) });
    fc.assert(
      fc.property(opcode, kind, rest, options, (code, first, others, rules) =>
        readsOrRefuses(code, first + others, rules),
      ),
      { numRuns: 2000 },
    );
  });

  it('is read or is a DecodeError, whichever of its bytes is another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.nat({ max: 255 }),
        ({ opcode, body, version }, at, byte) => {
          const damaged = bytes(body);
          damaged[at % damaged.length] = byte;
          readsOrRefuses(opcode, damaged.toString('hex'), { version });
        },
      ),
      { numRuns: 2000 },
    );
  });
});
