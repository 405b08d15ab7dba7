/**
 * Whether a node answers, asked in the fewest bytes of the native protocol v4. Written by hand: what starts the server for
 * the tests of a driver must not depend on that driver.
 */
// eslint-disable-next-line no-restricted-imports -- the probe must not depend on the code under test
import { connect, type Socket } from 'node:net';
// eslint-disable-next-line no-restricted-imports -- the probe must not depend on the code under test
import { connect as connectTls } from 'node:tls';
import { concat, concatMap, ignoreElements, last, map, Observable, of, take } from 'rxjs';
import type { TlsPlan } from './cluster-plan.js';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsPlan | undefined;
  /** Whether to log in, as `cassandra` with the password `cassandra`. */
  readonly authentication: boolean;
}

/** Asks once whether the node answers CQL, and lets one log in if it asks for a password. Errors if it does not. */
export function answersCql(endpoint: Endpoint): Observable<never> {
  return open(endpoint).pipe(
    concatMap((socket) =>
      ask(socket, OPTIONS, Buffer.alloc(0), SUPPORTED).pipe(
        concatMap(() => (endpoint.authentication ? logIn(socket, endpoint) : of(socket))),
      ),
    ),
    take(1),
    ignoreElements(),
  );
}

/** Asks once whether the node knows all about this number of other nodes, and reaches each of them. Errors if it does not. */
export function reachesPeers(endpoint: Endpoint, count: number): Observable<never> {
  return open(endpoint).pipe(
    concatMap((socket) => logIn(socket, endpoint)),
    concatMap((socket) =>
      query(socket, 'SELECT count(host_id), count(native_address), count(tokens) FROM system.peers_v2', ONE).pipe(
        map((result) => {
          const known = Math.min(...readCounts(result, 3));
          if (known < count) throw new Error(`It knows ${known} of ${count} other nodes.`);
          return socket;
        }),
      ),
    ),
    // Each node has a part of this keyspace, and ALL is refused as long as one node that has a part is thought to be down.
    concatMap((socket) => query(socket, 'SELECT * FROM system_traces.sessions', ALL)),
    take(1),
    ignoreElements(),
  );
}

// Opcodes and consistency levels: native_protocol_v4.spec, sections 2.4 and 3.
const ERROR = 0x00;
const STARTUP = 0x01;
const READY = 0x02;
const AUTHENTICATE = 0x03;
const OPTIONS = 0x05;
const SUPPORTED = 0x06;
const QUERY = 0x07;
const RESULT = 0x08;
const AUTH_RESPONSE = 0x0f;
const AUTH_SUCCESS = 0x10;
const ONE = 0x0001;
const ALL = 0x0005;

/** Emits the socket when it takes queries. */
function logIn(socket: Socket, { authentication }: Endpoint): Observable<Socket> {
  const version = Buffer.from('\0\x01\0\x0bCQL_VERSION\0\x053.0.0', 'latin1'); // <string map>
  const password = bytes('\0cassandra\0cassandra'); // SASL PLAIN
  const startup = ask(socket, STARTUP, version, authentication ? AUTHENTICATE : READY);
  return (authentication ? concat(startup, ask(socket, AUTH_RESPONSE, password, AUTH_SUCCESS)) : startup).pipe(
    last(),
    map(() => socket),
  );
}

/** `<long string><consistency><flags>` */
function query(socket: Socket, cql: string, consistency: number): Observable<Buffer> {
  return ask(socket, QUERY, Buffer.concat([bytes(cql), Buffer.from([consistency >> 8, consistency, 0])]), RESULT);
}

/** The counts in a result of one row: it ends with `<length><bigint>` for each, whatever its metadata. */
function readCounts(result: Buffer, columns: number): number[] {
  const row = result.subarray(-columns * 12);
  return Array.from({ length: columns }, (_, index) => Number(row.readBigInt64BE(index * 12 + 4)));
}

/** Sends a request and emits the body of the answer. Errors if the answer is another one than expected. */
function ask(socket: Socket, opcode: number, body: Buffer, expected: number): Observable<Buffer> {
  return new Observable<Buffer>((subscriber) => {
    let received = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 9 || received.length < 9 + received.readInt32BE(5)) return;
      const answer = received.subarray(9);
      if (received[4] === expected) {
        subscriber.next(answer);
        subscriber.complete();
      } else if (received[4] === ERROR) {
        subscriber.error(
          new Error(`It answered with an error: ${answer.toString('utf8', 6, 6 + answer.readUInt16BE(4))}`),
        );
      } else {
        subscriber.error(new Error(`It answered opcode ${opcode} with opcode ${received[4]}, not ${expected}.`));
      }
    };
    socket.on('data', onData);
    // <version><flags><stream id><opcode><length>
    const header = Buffer.from([0x04, 0, 0, 0, opcode, 0, 0, 0, 0]);
    header.writeInt32BE(body.length, 5);
    socket.write(Buffer.concat([header, body]));
    return () => socket.off('data', onData);
  });
}

/** A text or token that is preceded by its length in four bytes. */
function bytes(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

/** Emits the socket when it is connected; errors when it is closed; closes it when left. */
function open({ host, port, tls }: Endpoint): Observable<Socket> {
  return new Observable<Socket>((subscriber) => {
    // Who the node is does not matter here, only that it answers.
    const socket = tls
      ? connectTls({ host, port, cert: tls.cert, key: tls.key, rejectUnauthorized: false })
      : connect({ host, port });
    socket.once(tls ? 'secureConnect' : 'connect', () => subscriber.next(socket));
    socket.on('error', (error) => subscriber.error(error));
    socket.once('close', () => subscriber.error(new Error('It closed the connection.')));
    return () => socket.destroy();
  });
}
