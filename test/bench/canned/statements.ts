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
import { cannedStatement, type CannedStatement } from './answers.js';
import { Canned } from './canned.js';
import { schemaTables, tokensOf } from './schema.js';

const VALUES = 0x01;
const SKIP_METADATA = 0x02;
const PAGE_SIZE = 0x04;
const PAGING_STATE = 0x08;
const UNPAGED = 0;
/** A bigint as `<bytes>`. */
const TOKEN = 12;

/** A statement that was prepared, and what its executions were answered with. */
interface Known {
  readonly statement: CannedStatement;
  /** By the number of rows, the version, flags, and whether it is the last page. */
  readonly answers: Map<number, Canned>;
}

/** To a version that nobody speaks: on a stream of its own, since the request cannot be read. */
const REFUSAL = new Canned(
  encodeResponse(
    withHeader(error('ProtocolError', { message: 'Invalid or unsupported protocol version' }), { streamId: 0 }),
    { version: 5, request: undefined, statement: undefined },
  ),
  5,
);

/** What all connections share: the first answer of its kind is made by the testing kit, all others are copies. */
export class Statements {
  private readonly settings: ServerSettings;
  private readonly prepared = new ServerStatements();
  /** By the first four bytes of their ids. */
  private readonly known = new Map<number, Known>();
  private readonly size: number;

  /**
   * @param hosts The nodes, of which it is the first.
   * @param size How many rows tables have for those who read them by their tokens.
   */
  constructor(hosts: readonly string[], port: number, size: number) {
    this.size = size;
    const sorted = [...hosts].sort();
    // The same whoever is asked.
    const nodes = hosts.map((host) => ({
      host,
      hostId: `00000000-0000-4000-8000-00000000000${sorted.indexOf(host)}`,
      tokens: tokensOf(sorted.indexOf(host), hosts.length),
    }));
    this.settings = serverSettings({ nodes, tables: schemaTables() }, hosts[0]!, port);
  }

  /**
   * The answer to EXECUTE, whose envelope begins at `at`:
   *
   * ```
   * <id short bytes> [v5: <metadata id short bytes>] <consistency short> <flags>
   * [<n short> n*<bytes>] [<page size int>] [<paging state bytes>]
   * ```
   *
   * What is bound to statements that have pages are tokens.
   */
  execute(bytes: Buffer, at: number): Canned | undefined {
    const body = at + HEADER_LENGTH;
    const known = this.known.get(bytes.readUInt32BE(body + 2));
    if (known === undefined) return undefined;
    const isV5 = bytes[at] === 5;
    let place = body + 2 + bytes.readUInt16BE(body);
    if (isV5) place += 2 + bytes.readUInt16BE(place);
    const flags = isV5 ? bytes.readInt32BE(place + 2) : bytes[place + 2]!;
    const { scanned } = known.statement;
    let [page, rowCount, isLast] = [0, UNPAGED, true];
    if (scanned !== undefined) {
      place += isV5 ? 6 : 3;
      const tokens: bigint[] = [];
      if (flags & VALUES) {
        const count = bytes.readUInt16BE(place);
        place += 2;
        for (; tokens.length < count; place += TOKEN) tokens.push(bytes.readBigInt64BE(place + 4));
      }
      const all = scanned(tokens);
      const pageSize = flags & PAGE_SIZE ? bytes.readInt32BE(place) : all;
      if (flags & PAGE_SIZE) place += 4;
      if (flags & PAGING_STATE) page = bytes.readUInt32BE(place + 4);
      rowCount = Math.min(pageSize, all - page * pageSize);
      isLast = (page + 1) * pageSize >= all;
    }
    const key = rowCount * 8 + ((isV5 ? 1 : 0) | (flags & SKIP_METADATA ? 2 : 0) | (isLast ? 4 : 0));
    let canned = known.answers.get(key);
    if (canned === undefined) {
      const request = this.parse(bytes, at, body + bytes.readInt32BE(at + 5));
      canned = this.encode(known.statement.answer(rowCount, isLast), request);
      known.answers.set(key, canned);
    }
    canned.address(bytes, at, page + 1);
    return canned;
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
    const statement = request.opcode === 'PREPARE' ? cannedStatement(cql!, this.size) : undefined;
    // It asks nothing more of a connection than this.
    const connection = { versions: [4, 5], isReady: true } as unknown as ServedConnection;
    const response = (statement?.prepare ?? defaultAnswer(request, connection, this.settings)).answering(request);
    const prepared = response.parts.statement?.(request);
    if (request.opcode === 'PREPARE' && prepared !== undefined) {
      this.prepared.add(prepared);
      const id = prepared.id.readUInt32BE(0);
      // Who comes later and prepares it again finds the answers made.
      if (statement !== undefined && !this.known.has(id)) this.known.set(id, { statement, answers: new Map() });
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
    return new Canned(encodeResponse(response, context), request.version);
  }
}
