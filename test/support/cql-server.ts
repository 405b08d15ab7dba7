import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { decompressEnvelope, putCompressedBody } from '../../src/codec/compressed-body.js';
import type { Compression } from '../../src/codec/compression.js';
import { type Envelope, EnvelopeFlag, Opcode } from '../../src/codec/envelope.js';
import { Reader } from '../../src/codec/reader.js';
import { sealCompressedSegment, sealSegment, SegmentDecoder } from '../../src/codec/segment.js';
import { COMPRESSED_HEADER_LENGTH } from '../../src/codec/segment-header.js';

/** A request as it came, and the ways to answer it. */
export interface ServerRequest {
  readonly opcode: number;
  readonly version: number;
  readonly streamId: number;
  readonly body: Reader;
  /** Of QUERY and PREPARE. */
  readonly cql: string | undefined;
  readonly connection: ServerConnection;
  readonly reply: (opcode: number, body?: Buffer) => void;
}

export interface ServerConnection {
  readonly index: number;
  /** Whether it is told of events: over it the driver watches the cluster. */
  isControl: boolean;
  readonly socket: Socket;
  readonly send: (version: number, streamId: number, opcode: number, body: Buffer) => void;
}

export interface CqlTestServer {
  readonly contactPoint: string;
  readonly port: number;
  /** Those of the connections for requests, without what the driver asks about the node itself. */
  readonly requests: ServerRequest[];
  readonly sockets: ReadonlySet<Socket>;
  /** The connections over which drivers watch the cluster. */
  readonly controls: readonly ServerConnection[];
  /** How many connections for requests there have been. */
  readonly connectionCount: number;
  close(): Promise<void>;
}

/** What answers a request; false leaves it to the defaults: SUPPORTED, READY, and Void for everything else. */
export type Handler = (request: ServerRequest) => unknown;

export interface ServerOptions {
  /** The versions that are not refused. */
  readonly versions?: readonly number[];
  /** What it offers to compress with. */
  readonly compression?: Compression;
  /** The other nodes of its cluster. */
  readonly peers?: () => readonly CqlTestServer[];
}

/** Several that make up a cluster. */
export async function cqlServers(handlers: readonly (Handler | undefined)[]): Promise<CqlTestServer[]> {
  const servers: CqlTestServer[] = [];
  for (const handler of handlers) {
    const own: CqlTestServer = await cqlServer(handler, { peers: () => servers.filter((server) => server !== own) });
    servers.push(own);
  }
  return servers;
}

/** A server on a loopback port that speaks as much CQL as a test needs. */
export async function cqlServer(
  handler: Handler = () => false,
  { versions = [4, 5], compression, peers = () => [] }: ServerOptions = {},
): Promise<CqlTestServer> {
  const requests: ServerRequest[] = [];
  const sockets = new Set<Socket>();
  const connections: ServerConnection[] = [];

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const connection = serve(socket, connections.length, versions, compression, (request) => {
      if (answerAsNode(request, port, peers())) return;
      requests.push(request);
      if (handler(request) === false) answer(request, compression);
    });
    connections.push(connection);
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    contactPoint: `127.0.0.1:${port}`,
    port,
    get requests() {
      return requests.filter(({ connection }) => !connection.isControl);
    },
    sockets,
    get controls() {
      return connections.filter(({ isControl, socket }) => isControl && !socket.destroyed);
    },
    get connectionCount() {
      return connections.filter(({ isControl }) => !isControl).length;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

function answer(request: ServerRequest, compression: Compression | undefined): void {
  if (request.opcode === Opcode.OPTIONS) request.reply(Opcode.SUPPORTED, supported(compression && [compression.name]));
  else if (request.opcode === Opcode.STARTUP) request.reply(Opcode.READY);
  else request.reply(Opcode.RESULT, VOID);
}

function serve(
  socket: Socket,
  index: number,
  versions: readonly number[],
  offered: Compression | undefined,
  handle: (request: ServerRequest) => void,
): ServerConnection {
  let segmented = false;
  let bytes = Buffer.alloc(0);
  let compression: Compression | undefined;
  let segments: SegmentDecoder | undefined;
  const connection: ServerConnection = {
    index,
    isControl: false,
    socket,
    send(version, streamId, opcode, body) {
      const whole = envelope(version, streamId, opcode, body);
      if (segmented) socket.write(segment(whole, compression));
      else socket.write(compression !== undefined && version < 5 ? compressed(whole, compression) : whole);
      if (version === 5 && (opcode === Opcode.READY || opcode === Opcode.AUTHENTICATE)) segmented = true;
    },
  };
  const feed = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 9 && bytes.length >= 9 + bytes.readInt32BE(5)) {
      const length = 9 + bytes.readInt32BE(5);
      const whole = bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      handleEnvelope(whole);
    }
  };
  const handleEnvelope = (received: Buffer): void => {
    const version = received[0]!;
    const streamId = received.readInt16BE(2);
    const opcode = received[4]!;
    const whole = decompressed(received, compression);
    if (!versions.includes(version)) {
      connection.send(Math.max(...versions), 0, Opcode.ERROR, error(0x000a, 'Invalid or unsupported protocol version'));
      return;
    }
    const body = new Reader(whole, 9);
    if (opcode === Opcode.STARTUP && whole.includes(string('COMPRESSION'))) compression = offered;
    const cql = opcode === Opcode.QUERY || opcode === Opcode.PREPARE ? longString(whole, 9) : undefined;
    const reply = (responseOpcode: number, response: Buffer = Buffer.alloc(0)): void =>
      connection.send(version, streamId, responseOpcode, response);
    handle({ opcode, version, streamId, body, cql, connection, reply });
  };
  socket.on('data', (chunk: Buffer) => {
    let at = 0;
    while (at < chunk.length) {
      if (segmented) {
        segments ??= new SegmentDecoder(compression);
        at = segments.read(chunk, at, chunk.length, (buffer, start, end) => feed(buffer.subarray(start, end)));
      } else {
        feed(chunk.subarray(at));
        at = chunk.length;
      }
    }
  });
  return connection;
}

/** What the driver asks to find its way. Says whether it was that. */
function answerAsNode(request: ServerRequest, port: number, peers: readonly CqlTestServer[]): boolean {
  if (request.opcode === Opcode.REGISTER) {
    request.connection.isControl = true;
    request.reply(Opcode.READY);
    return true;
  }
  const local = {
    cluster_name: 'test',
    host_id: hostIdOf(port),
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    ...PLACE,
  };
  switch (request.cql) {
    case 'SELECT * FROM system.local':
    case 'SELECT cluster_name, host_id FROM system.local':
      request.reply(Opcode.RESULT, nodeRows([local]));
      return true;
    case 'SELECT * FROM system.peers_v2':
      request.reply(
        Opcode.RESULT,
        nodeRows(peers.map((peer) => ({ host_id: hostIdOf(peer.port), native_port: peer.port, ...PLACE }))),
      );
      return true;
    default:
      if (!request.connection.isControl || request.opcode !== Opcode.QUERY) return false;
      request.reply(Opcode.RESULT, nodeRows([]));
      return true;
  }
}

const PLACE = { data_center: 'dc1', rack: 'r1', native_address: '127.0.0.1', release_version: '5.0.0', tokens: ['1'] };

function hostIdOf(port: number): string {
  return `00000000-0000-4000-8000-${String(port).padStart(12, '0')}`;
}

/** Rows of texts, ints and sets of texts, all of the same columns. */
function nodeRows(nodes: readonly Readonly<Record<string, string | number | readonly string[]>>[]): Buffer {
  const [first = {}] = nodes;
  const type = (value: unknown): Buffer =>
    typeof value === 'string'
      ? u16(0x0d)
      : typeof value === 'number'
        ? u16(0x09)
        : Buffer.concat([u16(0x22), u16(0x0d)]);
  const cell = (value: string | number | readonly string[]): Buffer => {
    if (typeof value === 'string') return Buffer.from(value);
    if (typeof value === 'number') return i32(value);
    return Buffer.concat([i32(value.length), ...value.map((element) => bytes(Buffer.from(element)))]);
  };
  return Buffer.concat([
    i32(2),
    i32(0x1),
    i32(Object.keys(first).length),
    string('system'),
    string('nodes'),
    ...Object.entries(first).flatMap(([name, value]) => [string(name), type(value)]),
    i32(nodes.length),
    ...nodes.flatMap((node) => Object.values(node).map((value) => bytes(cell(value)))),
  ]);
}

function longString(buffer: Buffer, at: number): string {
  return buffer.toString('utf8', at + 4, at + 4 + buffer.readInt32BE(at));
}

/** An envelope of a response. */
export function envelope(version: number, streamId: number, opcode: number, body: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header[0] = version | 0x80;
  header.writeInt16BE(streamId, 2);
  header[4] = opcode;
  header.writeInt32BE(body.length, 5);
  return Buffer.concat([header, body]);
}

/** An envelope of v4 with its body compressed, where that is smaller. */
export function compressed(whole: Buffer, compression: Compression): Buffer {
  const target = Buffer.from(whole);
  const length = putCompressedBody(whole, 9, whole.length, target, 9, compression);
  if (length === 0) return whole;
  target[1]! |= EnvelopeFlag.COMPRESSION;
  target.writeInt32BE(length, 5);
  return target.subarray(0, 9 + length);
}

/** A request with its body plain, behind the header as it came. */
function decompressed(received: Buffer, compression: Compression | undefined): Buffer {
  const [version, flags, opcode] = [received[0]!, received[1]!, received[4]!];
  const sent: Envelope = { version, flags, opcode, streamId: 0, buffer: received, start: 9, end: received.length };
  const { buffer, start, end } = decompressEnvelope(sent, compression, 2 ** 28);
  return buffer === received ? received : Buffer.concat([received.subarray(0, 9), buffer.subarray(start, end)]);
}

/** A self-contained segment of v5. */
export function segment(payload: Buffer, compression?: Compression): Buffer {
  if (compression !== undefined) {
    const compressible = Buffer.concat([Buffer.alloc(COMPRESSED_HEADER_LENGTH), payload, Buffer.alloc(4)]);
    return compressible.subarray(0, sealCompressedSegment(compressible, 0, payload.length, true, compression));
  }
  const bytes = Buffer.concat([Buffer.alloc(6), payload, Buffer.alloc(4)]);
  sealSegment(bytes, 0, payload.length, true);
  return bytes;
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function string(text: string): Buffer {
  return Buffer.concat([u16(Buffer.byteLength(text)), Buffer.from(text)]);
}

export function bytes(value: Buffer | null): Buffer {
  return value === null ? i32(-1) : Buffer.concat([i32(value.length), value]);
}

/** The body of SUPPORTED: what the server can compress with. */
export function supported(compressions: readonly string[] = []): Buffer {
  return Buffer.concat([u16(1), string('COMPRESSION'), u16(compressions.length), ...compressions.map(string)]);
}

export const VOID: Buffer = i32(1);

export function error(code: number, message: string, extra: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([i32(code), string(message), extra]);
}

export function setKeyspace(name: string): Buffer {
  return Buffer.concat([i32(3), string(name)]);
}

/** Rows of one text column `v`. */
export function rows(values: readonly (string | null)[], pagingState?: Buffer): Buffer {
  const flags = 0x1 | (pagingState === undefined ? 0 : 0x2);
  return Buffer.concat([
    i32(2),
    i32(flags),
    i32(1),
    ...(pagingState === undefined ? [] : [bytes(pagingState)]),
    string('ks'),
    string('t'),
    string('v'),
    u16(0x0d),
    i32(values.length),
    ...values.map((value) => bytes(value === null ? null : Buffer.from(value))),
  ]);
}

/** A prepared statement with int parameters of the given names, the first of them the partition key, and no rows. */
export function prepared(id: string, parameters: readonly string[], version: number): Buffer {
  return Buffer.concat([
    i32(4),
    string(id),
    ...(version >= 5 ? [string('m')] : []),
    i32(0x1),
    i32(parameters.length),
    i32(parameters.length === 0 ? 0 : 1),
    ...(parameters.length === 0 ? [] : [u16(0)]),
    string('ks'),
    string('t'),
    ...parameters.flatMap((name) => [string(name), u16(0x09)]),
    i32(0x4),
    i32(0),
  ]);
}
