import { describe, expect, it } from 'vitest';
import { type Envelope, EnvelopeFlag, HEADER_LENGTH, Opcode } from '../../../src/codec/envelope.js';
import {
  executeIds,
  writeBatch,
  writeCustomPayload,
  writeExecute,
  writePrepare,
  writeQuery,
} from '../../../src/codec/requests.js';
import { valueCodec } from '../../../src/codec/value-codec.js';
import { DecodeError, ProtocolError } from '../../../src/errors.js';
import { resolveColumns } from '../../../src/testing/server/columns.js';
import { parseRequest } from '../../../src/testing/server/parse-request.js';
import type { CqlRequest } from '../../../src/testing/server/request.js';
import { bodies, request } from '../../support/fake-client.js';

const parameters = resolveColumns({ id: 'int', name: 'text' });
const known = Buffer.from('known');

function parse(bytes: Buffer): CqlRequest {
  const envelope: Envelope = {
    version: bytes[0]!,
    flags: bytes[1]!,
    streamId: bytes.readInt16BE(2),
    opcode: bytes[4]!,
    buffer: bytes,
    start: HEADER_LENGTH,
    end: bytes.length,
  };
  const version = bytes[0] as 4 | 5;
  const statement = (id: Buffer) => (id.equals(known) ? { cql: 'INSERT ? ?', parameters } : undefined);
  return parseRequest(envelope, { connection: 3, node: '127.0.0.1:9042', version, statement });
}

/** The values of a driver: an int, and a text, which may be null or not set. */
const values = (second: string | null | undefined, names?: readonly string[]) => ({
  count: 2,
  names,
  write: (writer: Parameters<ReturnType<typeof valueCodec>['encode']>[0], index: number) => {
    const value = index === 0 ? 7 : second;
    if (value === null) writer.i32(-1);
    else if (value === undefined) writer.i32(-2);
    else {
      const mark = writer.reserve();
      valueCodec({ kind: index === 0 ? 'int' : 'text' }).encode(writer, value);
      writer.patchLength(mark);
    }
  },
});

describe.each([4, 5] as const)('parseRequest in v%i', (version) => {
  const at = { version, streamId: 300 };
  const ids = (metadataId?: Buffer) => executeIds(known, metadataId, version === 5);

  it('knows what a request is, where it came from, and its stream', () => {
    expect(parse(request(Opcode.OPTIONS, undefined, at))).toEqual({
      opcode: 'OPTIONS',
      streamId: 300,
      connection: 3,
      node: '127.0.0.1:9042',
      version,
      values: [],
      tracing: false,
      body: Buffer.alloc(0),
    });
  });

  it('reads what begins a connection', () => {
    const startup = parse(request(Opcode.STARTUP, bodies.startup({ COMPRESSION: 'lz4' }), at));
    expect(startup.options).toEqual(new Map(Object.entries({ CQL_VERSION: '3.0.0', COMPRESSION: 'lz4' })));
    expect(parse(request(Opcode.AUTH_RESPONSE, bodies.authResponse('\0a\0b'), at)).token?.toString()).toBe('\0a\0b');
    expect(parse(request(Opcode.REGISTER, bodies.register('STATUS_CHANGE'), at)).events).toEqual(['STATUS_CHANGE']);
  });

  it('reads all that a QUERY may have', () => {
    const parsed = parse(
      request(
        Opcode.QUERY,
        (writer) =>
          writeQuery(writer, version, 'SELECT', {
            consistency: 6,
            serialConsistency: 9,
            values: values('x'),
            skipMetadata: true,
            pageSize: 100,
            pagingState: Buffer.from('state'),
            timestamp: 12n,
            ...(version === 5 && { keyspace: 'ks', nowInSeconds: 34 }),
          }),
        at,
      ),
    );
    expect(parsed).toMatchObject({
      opcode: 'QUERY',
      cql: 'SELECT',
      consistency: 'LOCAL_QUORUM',
      serialConsistency: 'LOCAL_SERIAL',
      values: [Buffer.from([0, 0, 0, 7]), Buffer.from('x')],
      skipMetadata: true,
      pageSize: 100,
      pagingState: Buffer.from('state'),
      timestamp: 12n,
      ...(version === 5 && { keyspace: 'ks', nowInSeconds: 34 }),
    });
    expect(parsed).not.toHaveProperty('names');
  });

  it('reads a QUERY that has nothing but its text', () => {
    const parsed = parse(request(Opcode.QUERY, bodies.query('SELECT'), at));
    expect(parsed).toMatchObject({ consistency: 'ONE', values: [], skipMetadata: false });
    for (const name of ['pageSize', 'pagingState', 'serialConsistency', 'timestamp', 'keyspace', 'nowInSeconds']) {
      expect(parsed).not.toHaveProperty(name);
    }
  });

  it('reads PREPARE, and in v5 its keyspace', () => {
    expect(parse(request(Opcode.PREPARE, bodies.prepare('INSERT'), at))).toMatchObject({ cql: 'INSERT' });
    if (version === 4) return;
    const prepare = request(Opcode.PREPARE, (writer) => writePrepare(writer, 5, 'INSERT', 'shop'), at);
    expect(parse(prepare)).toMatchObject({ cql: 'INSERT', keyspace: 'shop' });
  });

  it.each<[string | null | undefined]>([['Ada'], [null], [undefined]])(
    'reads EXECUTE of what it knows, with the values that are meant (%s)',
    (second) => {
      const execute = request(
        Opcode.EXECUTE,
        (writer) => writeExecute(writer, version, ids(Buffer.from('m')), { consistency: 1, values: values(second) }),
        at,
      );
      const parsed = parse(execute);
      expect(parsed).toMatchObject({ cql: 'INSERT ? ?', preparedId: known });
      expect(parsed.values).toEqual([7, second]);
      expect(parsed.resultMetadataId).toEqual(version === 5 ? Buffer.from('m') : undefined);
    },
  );

  it('reads EXECUTE of what it does not know, whose values are bytes', () => {
    const body = { consistency: 1, values: values('x') };
    const id = Buffer.from('other');
    const execute = request(
      Opcode.EXECUTE,
      (writer) => writeExecute(writer, version, executeIds(id, undefined, version === 5), body),
      at,
    );
    expect(parse(execute).values).toEqual([Buffer.from([0, 0, 0, 7]), Buffer.from('x')]);
    expect(parse(execute)).not.toHaveProperty('cql');
  });

  it('reads values by name', () => {
    const body = { consistency: 1, values: values('x', ['id', 'other']) };
    const execute = request(Opcode.EXECUTE, (writer) => writeExecute(writer, version, ids(), body), at);
    expect(parse(execute)).toMatchObject({ names: ['id', 'other'], values: [7, Buffer.from('x')] });
  });

  it('leaves values as they are that are none of their type', () => {
    const three = {
      count: 1,
      write: (writer: { i32(n: number): void; bytes(b: Uint8Array): void }) => {
        writer.i32(3);
        writer.bytes(Buffer.from([1, 2, 3]));
      },
    };
    const body = { consistency: 1, values: three };
    const execute = request(Opcode.EXECUTE, (writer) => writeExecute(writer, version, ids(), body), at);
    expect(parse(execute).values).toEqual([Buffer.from([1, 2, 3])]);
  });

  it('reads BATCH', () => {
    const batch = request(
      Opcode.BATCH,
      (writer) =>
        writeBatch(
          writer,
          version,
          'unlogged',
          [
            { statement: 'INSERT 1', values: { count: 0, write: () => undefined } },
            { statement: known, values: values('x') },
            { statement: Buffer.from('other'), values: values(null) },
          ],
          { consistency: 1, serialConsistency: 8, timestamp: 5n },
        ),
      at,
    );
    expect(parse(batch)).toMatchObject({
      batchType: 'unlogged',
      statements: [
        { cql: 'INSERT 1', values: [] },
        { cql: 'INSERT ? ?', preparedId: known, values: [7, 'x'] },
        { preparedId: Buffer.from('other'), values: [Buffer.from([0, 0, 0, 7]), null] },
      ],
      values: [],
      consistency: 'ONE',
      serialConsistency: 'SERIAL',
      timestamp: 5n,
    });
  });

  it('reads that a trace is wanted, and a custom payload', () => {
    const payload = new Map([['k', Buffer.from('v')]]);
    const bytes = request(
      Opcode.QUERY,
      (writer) => {
        writeCustomPayload(writer, payload);
        bodies.query('SELECT')(writer, version);
      },
      { ...at, flags: EnvelopeFlag.TRACING | EnvelopeFlag.CUSTOM_PAYLOAD },
    );
    expect(parse(bytes)).toMatchObject({ tracing: true, customPayload: payload, cql: 'SELECT' });
  });

  it('refuses what is no request, and what ends too early', () => {
    expect(() => parse(request(Opcode.RESULT, undefined, at))).toThrow(ProtocolError);
    expect(() => parse(request(Opcode.QUERY, (writer) => writer.i32(5), at))).toThrow(DecodeError);
  });
});
