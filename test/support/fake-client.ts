import { asapScheduler, asyncScheduler, map, type Observable } from 'rxjs';
import { HEADER_LENGTH, Opcode, type ProtocolVersion, putHeader } from '../../src/codec/envelope.js';
import {
  writeAuthResponse,
  writeBatch,
  executeIds,
  writeExecute,
  writePrepare,
  writeQuery,
  writeRegister,
  writeStartup,
} from '../../src/codec/requests.js';
import { readResponse, type Response } from '../../src/codec/responses.js';
import { decodeEnvelopes } from '../../src/wire/framing.js';
import type { EndOfTurn, Socket } from '../../src/wire/socket.js';
import { Writer } from '../../src/codec/writer.js';
import { wireOf } from '../../src/wire/wire.js';
import { connectOptions } from './wire.js';

type Body = (writer: Writer, version: ProtocolVersion) => void;

/** The bytes of a request. */
export function request(
  opcode: number,
  body: Body = () => undefined,
  { version = 4, streamId = 1, flags = 0 }: { version?: ProtocolVersion; streamId?: number; flags?: number } = {},
): Buffer {
  const { buffer, start, end } = new Writer().encode(HEADER_LENGTH, (writer) => body(writer, version));
  const bytes = Buffer.from(buffer.subarray(start, end));
  putHeader(bytes, 0, version, flags, streamId, opcode, bytes.length - HEADER_LENGTH);
  return bytes;
}

/** The bodies of requests, with nothing but what they cannot be without. */
export const bodies = {
  startup:
    (options: Record<string, string> = {}): Body =>
    (writer) =>
      writeStartup(writer, { CQL_VERSION: '3.0.0', ...options }),
  query:
    (cql: string): Body =>
    (writer, version) =>
      writeQuery(writer, version, cql, { consistency: 1 }),
  prepare:
    (cql: string): Body =>
    (writer, version) =>
      writePrepare(writer, version, cql),
  execute:
    (id: Uint8Array, metadataId: Uint8Array = Buffer.alloc(0), skipMetadata = false): Body =>
    (writer, version) =>
      writeExecute(writer, version, executeIds(id, metadataId, version === 5), { consistency: 1, skipMetadata }),
  batch:
    (...statements: readonly (string | Uint8Array)[]): Body =>
    (writer, version) =>
      writeBatch(
        writer,
        version,
        'logged',
        statements.map((statement) => ({ statement, values: { count: 0, write: () => undefined } })),
        { consistency: 1 },
      ),
  register:
    (...events: readonly string[]): Body =>
    (writer) =>
      writeRegister(writer, events),
  authResponse:
    (token: string): Body =>
    (writer) =>
      writeAuthResponse(writer, Buffer.from(token)),
};

export const query = (cql: string, streamId = 1): Buffer => request(Opcode.QUERY, bodies.query(cql), { streamId });

/** What a server answers, in v4 and without a handshake, with the stream ids. */
export function answersOf(
  server: Socket,
  requests: Observable<Uint8Array>,
): Observable<Response & { streamId: number }> {
  return requests.pipe(
    server,
    decodeEnvelopes({ segmented: false, compression: undefined }, { maxBodyLength: 1e9, accepts: () => true }),
    map((envelope) => ({ ...readResponse(envelope), streamId: envelope.streamId })),
  );
}

/** The end of a turn in the time of RxJS: in virtual time it is the end of the millisecond. */
export const virtualEndOfTurn: EndOfTurn = (work) => {
  const scheduled = asapScheduler.schedule(work);
  return () => scheduled.unsubscribe();
};

/** How to connect to a fake server in virtual time. */
export function virtualOptions(server: Socket, options: Parameters<typeof connectOptions>[0] = {}) {
  return connectOptions({
    socket: () => server,
    wire: wireOf({ endOfTurn: virtualEndOfTurn, now: () => asyncScheduler.now() }),
    ...options,
  });
}
