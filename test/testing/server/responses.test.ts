import fc from 'fast-check';
import {
  authChallenge,
  authenticate,
  authSuccess,
  type CqlResponse,
  event,
  prepared,
  rawResponse,
  ready,
  rows,
  schemaChange,
  setKeyspace,
  supported,
  voidResult,
  withHeader,
} from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { DEFAULT_VALUES } from '../../../src/codec/value-options.js';
import { BindError, ConfigurationError, DecodeError } from '../../../src/errors.js';
import { resolveColumns } from '../../../src/testing/server/columns.js';
import { statementId } from '../../../src/testing/server/server-statement.js';
import { thrownBy } from '../../codec/support.js';
import { sampleTypes } from '../../support/sample-types.js';
import { rowsOf, said } from '../../support/said.js';

const described = (response: ReturnType<typeof said>) =>
  response.kind === 'rows' ? response.rows.columns.map(({ name, type }) => `${name} ${type}`) : response.kind;

describe.each([4, 5] as const)('what the driver reads in v%i of what is said', (version) => {
  it('rows, with their columns', () => {
    const response = rows({ id: 'int', tags: 'set<text>' }, [[1, ['a', 'b']], { id: 2 }, [null, undefined]], {
      keyspace: 'shop',
      table: 'items',
    });
    const read = said(response, version);
    expect(described(read)).toEqual(['id int', 'tags set<text>']);
    expect(read).toMatchObject({ streamId: 7, envelopeVersion: version, pagingState: undefined });
    expect(rowsOf(read)).toEqual([
      { id: 1, tags: new Set(['a', 'b']) },
      { id: 2, tags: null },
      { id: null, tags: null },
    ]);
  });

  it('rows of columns of several tables, and of names that occur twice', () => {
    const read = said(
      rows([['a', 'int'], { name: 'a', type: 'text', keyspace: 'x', table: 'y' }], [[1, 'z']]),
      version,
    );
    expect(read.kind === 'rows' && read.rows.columns).toMatchObject([
      { name: 'a', keyspace: 'ks', table: 't' },
      { name: 'a', keyspace: 'x', table: 'y' },
    ]);
    expect(rowsOf(read)).toEqual([{ a: 'z' }]);
  });

  it('rows of values of every type', () => {
    const typed = sampleTypes(2).chain(({ cql, samples }) => fc.tuple(fc.constant(cql), fc.array(samples)));
    fc.assert(
      fc.property(typed, ([cql, samples]) => {
        const values = samples.map(({ value }) => value);
        const read = said(
          rows(
            { v: cql },
            values.map((value) => [value]),
          ),
          version,
        );
        expect(rowsOf(read).map(({ v }) => v)).toEqual(values);
      }),
    );
  });

  it('rows of user-defined types', () => {
    const types = { address: { street: 'text', zip: 'int' } };
    const home = { street: 'Main Street', zip: 1 };
    expect(rowsOf(said(rows({ home: 'frozen<address>' }, [[home]], { types }), version))).toEqual([{ home }]);
  });

  it('that there are more pages', () => {
    for (const pagingState of ['next', Buffer.from('next')]) {
      expect(said(rows({}, [], { pagingState }), version)).toMatchObject({ pagingState: Buffer.from('next') });
    }
  });

  it('no rows, a keyspace, a change of the schema', () => {
    expect(said(voidResult(), version)).toMatchObject({ kind: 'void', streamId: 7 });
    expect(said(setKeyspace('shop'), version)).toMatchObject({ kind: 'setKeyspace', keyspace: 'shop' });
    const keyspace = { change: 'CREATED', target: 'KEYSPACE', keyspace: 'shop' } as const;
    const f = {
      change: 'DROPPED',
      target: 'FUNCTION',
      keyspace: 'shop',
      name: 'f',
      argTypes: ['int', 'text'],
    } as const;
    expect(said(schemaChange(keyspace), version)).toMatchObject({ kind: 'schemaChange', change: keyspace });
    expect(said(schemaChange(f), version)).toMatchObject({ kind: 'schemaChange', change: f });
  });

  it('warnings, a payload and the id of a trace, all at once', () => {
    const tracingId = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
    const payload = Buffer.from('x');
    const { header } = said(voidResult({ warnings: ['a', 'b'], customPayload: { payload }, tracingId }), version) as {
      header: unknown;
    };
    expect(header).toEqual({ tracingId, warnings: ['a', 'b'], customPayload: new Map([['payload', payload]]) });
  });

  it('a trace for who asks for one', () => {
    const traced = said(voidResult(), version, { tracing: true });
    expect(traced.kind === 'void' && traced.header.tracingId).toMatch(/^[\da-f]{8}-/);
    const untraced = said(voidResult(), version);
    expect(untraced.kind === 'void' && untraced.header.tracingId).toBeUndefined();
  });

  it('the handshake', () => {
    expect(said(ready(), version)).toMatchObject({ kind: 'ready' });
    expect(said(supported({ COMPRESSION: ['lz4', 'snappy'] }), version)).toMatchObject({
      kind: 'supported',
      options: new Map([['COMPRESSION', ['lz4', 'snappy']]]),
    });
    expect(said(authenticate('com.example.A'), version)).toMatchObject({
      kind: 'authenticate',
      authenticator: 'com.example.A',
    });
    const token = Buffer.from([1]);
    expect(said(authChallenge(token), version)).toMatchObject({ kind: 'authChallenge', token });
    expect(said(authSuccess(), version)).toMatchObject({ kind: 'authSuccess', token: null });
  });

  it.each<[string, CqlResponse, object]>([
    ['up', event.up('127.0.0.2:9043'), { type: 'STATUS_CHANGE', change: 'UP', host: '127.0.0.2', port: 9043 }],
    ['down', event.down('127.0.0.2'), { type: 'STATUS_CHANGE', change: 'DOWN', host: '127.0.0.2', port: 9042 }],
    ['added', event.added('[::1]:1'), { type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE', host: '::1', port: 1 }],
    [
      'removed',
      event.removed({ address: '10.0.0.1:9042' }),
      { type: 'TOPOLOGY_CHANGE', change: 'REMOVED_NODE', host: '10.0.0.1', port: 9042 },
    ],
    [
      'schema',
      event.schema({ change: 'UPDATED', target: 'TABLE', keyspace: 'ks', name: 't' }),
      { type: 'SCHEMA_CHANGE', change: 'UPDATED', target: 'TABLE', keyspace: 'ks', name: 't' },
    ],
  ])('the event %s, on the stream of the server', (_, response, expected) => {
    expect(said(response, version)).toMatchObject({ kind: 'event', streamId: -1, event: expected });
  });

  it('what is prepared', () => {
    const response = prepared({
      parameters: { id: 'int', at: 'timestamp' },
      partitionKey: ['at', 'id'],
      columns: { name: 'text' },
      id: 'an id',
    });
    const read = said(response, version, { opcode: 'PREPARE', cql: 'SELECT' });
    expect(read).toMatchObject({
      kind: 'prepared',
      id: Buffer.from('an id'),
      parameters: [
        { name: 'id', type: 'int' },
        { name: 'at', type: 'timestamp' },
      ],
      partitionKey: [1, 0],
      described: { columns: [{ name: 'name', type: 'text' }] },
    });
    expect((read as { metadataId?: Buffer }).metadataId?.length).toBe(version === 5 ? 16 : undefined);
  });

  it('what is prepared without being told: as many texts as there are markers, and an id that is always the same', () => {
    const asked = { opcode: 'PREPARE', cql: 'INSERT INTO t (a, b) VALUES (?, ?)' } as const;
    expect(said(prepared(), version, asked)).toMatchObject({
      kind: 'prepared',
      id: statementId(asked.cql),
      parameters: [
        { name: 'a', type: 'text' },
        { name: 'b', type: 'text' },
      ],
      partitionKey: [],
      described: undefined,
    });
  });

  it('the description of rows, to who prepares their statement', () => {
    const response = rows({ name: 'text' }, [['Ada']], { parameters: { id: 'int' }, partitionKey: ['id'] });
    expect(said(response, version, { opcode: 'PREPARE', cql: 'SELECT' })).toMatchObject({
      kind: 'prepared',
      parameters: [{ name: 'id', type: 'int' }],
      partitionKey: [0],
      described: { columns: [{ name: 'name', type: 'text' }] },
    });
    expect(said(voidResult(), version, { opcode: 'PREPARE', cql: 'INSERT ?' })).toMatchObject({ kind: 'prepared' });
  });

  it('a body that is no body', () => {
    const endless = Buffer.from('0000000200000004000000007fffffff', 'hex');
    expect(() => said(rawResponse('RESULT', endless), version)).toThrow(DecodeError);
    expect(said(rawResponse('AUTHENTICATE', Buffer.from('\0\x01A')), version)).toMatchObject({ authenticator: 'A' });
    expect(() => rawResponse('QUERIES' as never, endless)).toThrow(ConfigurationError);
  });

  it('what stands under a header that lies', () => {
    const lie = withHeader(voidResult(), { streamId: 99, version: 3 });
    expect(said(lie, version)).toMatchObject({ kind: 'void', streamId: 99, envelopeVersion: 3 });
  });
});

describe('the columns of rows that are executed', () => {
  const response = rows({ a: 'int' }, [[1]]);
  const statement = {
    id: Buffer.from('id'),
    cql: 'SELECT',
    parameters: [],
    partitionKey: [],
    columns: resolveColumns({ a: 'int' }),
  };
  const known = said(prepared({ columns: { a: 'int' } }), 5, { opcode: 'PREPARE' }) as {
    described: NonNullable<Extract<ReturnType<typeof said>, { kind: 'prepared' }>['described']>;
    metadataId: Buffer;
  };
  const reading = { values: DEFAULT_VALUES, columns: known.described, isOmitted: true };
  const execute = { opcode: 'EXECUTE', skipMetadata: true } as const;
  const newId = (read: ReturnType<typeof said>) => (read.kind === 'rows' ? read.newMetadataId : 'no rows');

  it('are left out in v5, where the client has their id', () => {
    const read = said(response, 5, { ...execute, resultMetadataId: known.metadataId }, { reading });
    expect([rowsOf(read), newId(read)]).toEqual([[{ a: 1 }], undefined]);
    // Nobody but who knows them can read it.
    expect(() => said(response, 5, { ...execute, resultMetadataId: known.metadataId })).toThrow(
      'without a description',
    );
  });

  it('come with their new id in v5, where the client expects others', () => {
    const read = said(rows({ b: 'text' }, [['x']]), 5, { ...execute, resultMetadataId: known.metadataId }, { reading });
    expect(rowsOf(read)).toEqual([{ b: 'x' }]);
    expect(newId(read)).toHaveLength(16);
    expect(newId(read)).not.toEqual(known.metadataId);
  });

  it('are left out in v4, where they are those of the statement', () => {
    expect(() => said(response, 4, execute, { statement })).toThrow('without a description');
    expect(rowsOf(said(response, 4, execute, { statement, reading }))).toEqual([{ a: 1 }]);
    expect(rowsOf(said(rows({ b: 'int' }, [[2]]), 4, execute, { statement }))).toEqual([{ b: 2 }]);
  });

  it('are there for who did not ask to leave them out', () => {
    expect(rowsOf(said(response, 4, { opcode: 'EXECUTE' }, { statement }))).toEqual([{ a: 1 }]);
    const read = said(response, 5, { opcode: 'EXECUTE', resultMetadataId: known.metadataId });
    expect(rowsOf(read)).toEqual([{ a: 1 }]);
  });
});

describe('builders say what is wrong with', () => {
  it.each<[string, () => unknown, string]>([
    ['a type', () => rows({ a: 'integer' }, []), 'The CQL type "integer" is not understood'],
    ['columns', () => rows(null as never, []), 'Columns are an object of types by name'],
    ['a column', () => rows([5] as never, []), 'A column needs a name and a type'],
    ['rows', () => rows({ a: 'int' }, 5 as never), 'Rows are a list'],
    ['a row', () => rows({ a: 'int' }, ['x'] as never), 'Row 0 is neither an array of values nor an object.'],
    ['too few values', () => rows({ a: 'int', b: 'int' }, [[1, 2], [1]]), 'Row 1 has 1 values; there are 2 columns.'],
    ['a name', () => rows({ a: 'int' }, [{ a: 1, c: 2 }]), 'Row 0 has a value for "c", which is no column.'],
    ['a partition key', () => prepared({ parameters: { a: 'int' }, partitionKey: ['b'] }), 'names "b"'],
    ['an option of rows', () => rows({ a: 'int' }, [], { pageState: 'x' } as never), 'Did you mean "pagingState"?'],
    [
      'an option of a statement',
      () => prepared({ params: { a: 'int' } } as never),
      'options of prepared() have no option',
    ],
    ['an option of a result', () => voidResult({ warning: ['x'] } as never), 'Did you mean "warnings"?'],
    ['a part of a header', () => withHeader(voidResult(), { stream: 5 } as never), 'Did you mean "streamId"?'],
    ['a keyspace', () => setKeyspace(''), 'setKeyspace() needs a keyspace.'],
    ['an address', () => event.up('localhost'), "A node is given by its address, such as '127.0.0.1:9042'"],
    [
      'a change',
      () => schemaChange({ change: 'MADE' as never, target: 'TABLE', keyspace: 'k', name: 't' }),
      'must be one of CREATED, UPDATED, DROPPED; it is "MADE"',
    ],
    [
      'a target',
      () => event.schema({ change: 'CREATED', target: 'INDEX' as never, keyspace: 'k', name: 't' }),
      'it is "INDEX"',
    ],
    [
      'a change without a name',
      () => schemaChange({ change: 'CREATED', target: 'TABLE', keyspace: 'k' }),
      'the name of what has changed',
    ],
  ])('%s', (_, build, message) => {
    const thrown = thrownBy(build);
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown.message).toContain(message);
  });

  it('a value, by its row and column', () => {
    const thrown = thrownBy(() => rows({ a: 'int', b: 'int' }, [[1, 2], { a: 1, b: 'secret' }]));
    expect(thrown).toBeInstanceOf(BindError);
    expect(thrown).toMatchObject({ column: 'b' });
    expect(thrown.message).toBe(
      'Row 1: The column "b" (int) cannot hold the value: expected an integer from -2147483648 to 2147483647, got a string.',
    );
  });
});
