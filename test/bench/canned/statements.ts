import { type Envelope, HEADER_LENGTH, type ProtocolVersion } from '../../../src/codec/envelope.js';
import { defaultAnswer } from '../../../src/testing/server/default-answer.js';
import { encodeResponse } from '../../../src/testing/server/encode-response.js';
import { parseRequest } from '../../../src/testing/server/parse-request.js';
import type { CqlRequest } from '../../../src/testing/server/request.js';
import { error } from '../../../src/testing/server/error-response.js';
import { type AnswerContext, type CqlResponse, withHeader } from '../../../src/testing/server/response.js';
import type { ServedConnection } from '../../../src/testing/server/served-connection.js';
import { type ServerSettings, serverSettings } from '../../../src/testing/server/server-options.js';
import { ServerStatements } from '../../../src/testing/server/server-statement.js';
import { KEYSPACE } from '../workloads.js';
import { cannedStatement, type CannedStatement } from './answers.js';
import { Canned } from './canned.js';

const SKIP_METADATA = 0x02;
const PAGE_SIZE = 0x04;
const PAGING_STATE = 0x08;

/** A statement that was prepared, and what its executions were answered with: by version, flags, and whether it was the last page. */
interface Known {
  readonly statement: CannedStatement;
  readonly answers: (Canned | undefined)[];
}

/** To a version that nobody speaks: on a stream of its own, since the request cannot be read. */
const REFUSAL = new Canned(
  encodeResponse(
    withHeader(error('ProtocolError', { message: 'Invalid or unsupported protocol version' }), { streamId: 0 }),
    { version: 5, request: undefined, statement: undefined },
  ),
);

/** What all connections share: the first answer of its kind is made by the testing kit, all others are copies. */
export class Statements {
  private readonly settings: ServerSettings;
  private readonly scanned: number;
  private readonly prepared = new ServerStatements();
  /** By the first four bytes of their ids. */
  private readonly known = new Map<number, Known>();

  /** @param hosts The nodes, of which it is the first. */
  constructor(hosts: readonly string[], port: number, scanned: number) {
    const replication = new Map([
      ['class', 'org.apache.cassandra.locator.SimpleStrategy'],
      ['replication_factor', '1'],
    ]);
    const keyspaces = [{ keyspace_name: KEYSPACE, durable_writes: true, replication }];
    const sorted = [...hosts].sort();
    // A token for each, the same whoever is asked.
    const nodes = hosts.map((host) => ({
      host,
      hostId: `00000000-0000-4000-8000-00000000000${sorted.indexOf(host)}`,
      tokens: [String(BigInt(sorted.indexOf(host) - 1) * 6_000_000_000_000_000_000n)],
    }));
    const tables = { 'system_schema.keyspaces': keyspaces };
    this.settings = serverSettings({ nodes, tables }, hosts[0]!, port);
    this.scanned = scanned;
  }

  /**
   * The answer to EXECUTE, whose envelope begins at `at`:
   *
   * ```
   * <id short bytes> [v5: <metadata id short bytes>] <consistency short> <flags> [<page size int>] [<paging state bytes>]
   * ```
   *
   * Of statements that have pages no values are bound.
   */
  execute(bytes: Buffer, at: number): Canned | undefined {
    const body = at + HEADER_LENGTH;
    const known = this.known.get(bytes.readUInt32BE(body + 2));
    if (known === undefined) return undefined;
    const isV5 = bytes[at] === 5;
    let place = body + 2 + bytes.readUInt16BE(body);
    if (isV5) place += 2 + bytes.readUInt16BE(place);
    const flags = isV5 ? bytes.readInt32BE(place + 2) : bytes[place + 2]!;
    let page = 0;
    if (known.statement.pages > 1 && flags & PAGING_STATE) {
      place += isV5 ? 6 : 3;
      if (flags & PAGE_SIZE) place += 4;
      page = bytes.readUInt32BE(place + 4);
    }
    const isLast = page + 1 >= known.statement.pages;
    const key = (isV5 ? 1 : 0) | (flags & SKIP_METADATA ? 2 : 0) | (isLast ? 4 : 0);
    const canned = (known.answers[key] ??= this.can(bytes, at, known, isLast));
    canned.address(bytes, at, page + 1);
    return canned;
  }

  private can(bytes: Buffer, at: number, { statement }: Known, isLast: boolean): Canned {
    const request = this.parse(bytes, at, at + HEADER_LENGTH + bytes.readInt32BE(at + 5));
    return this.encode(isLast ? (statement.last ?? statement.answer) : statement.answer, request);
  }

  /** The answer to anything else. */
  answer(bytes: Buffer, at: number, end: number): Canned {
    if (bytes[at] !== 4 && bytes[at] !== 5) return REFUSAL;
    const request = this.parse(bytes, at, end);
    const canned = this.encode(this.responseTo(request), request);
    canned.address(bytes, at, 0);
    return canned;
  }

  private responseTo(request: CqlRequest): CqlResponse {
    const { cql } = request;
    const statement = request.opcode === 'PREPARE' ? cannedStatement(cql!, this.scanned) : undefined;
    // It asks nothing more of a connection than this.
    const connection = { versions: [4, 5], isReady: true } as unknown as ServedConnection;
    const response = (statement?.prepare ?? defaultAnswer(request, connection, this.settings)).answering(request);
    const prepared = response.parts.statement?.(request);
    if (request.opcode === 'PREPARE' && prepared !== undefined) {
      this.prepared.add(prepared);
      if (statement !== undefined) this.known.set(prepared.id.readUInt32BE(0), { statement, answers: [] });
    }
    return response;
  }

  private parse(bytes: Buffer, at: number, end: number): CqlRequest {
    const version = bytes[at] as ProtocolVersion;
    const streamId = bytes.readInt16BE(at + 2);
    const envelope: Envelope = { version, flags: bytes[at + 1]!, streamId, opcode: bytes[at + 4]!, buffer: bytes, start: at + HEADER_LENGTH, end }; // prettier-ignore
    const statement = (id: Buffer) => this.prepared.get(id);
    return parseRequest(envelope, { connection: 0, node: '', version, statement });
  }

  private encode(response: CqlResponse, request: CqlRequest): Canned {
    const statement = request.preparedId && this.prepared.get(request.preparedId);
    const context: AnswerContext = { version: request.version, request, statement };
    return new Canned(encodeResponse(response, context));
  }
}
