import { createConnection, type Socket } from 'node:net';
import { insertInto, pointReadOf, scanOf } from './statements.js';
import { type ColumnType, TABLES } from './tables.js';
import type { Candidate, Task, Workload } from './workloads.js';

// No driver: what a socket takes and gives in this process when requests are made beforehand and answers only counted. Nothing can be
// faster than that; how far a driver is away from it is what its codec, its pages and its promises cost.

const VERSION = 4;
const HEADER_LENGTH = 9;
const Opcode = { STARTUP: 0x01, PREPARE: 0x09, EXECUTE: 0x0a } as const;
const QUORUM = 6;
const WITH_VALUES = 0x01;
const SKIP_METADATA = 0x02;
const WITH_PAGE_SIZE = 0x04;
const WITH_PAGING_STATE = 0x08;

let socket: Socket;
let onEnvelope: (bytes: Buffer, at: number) => void = () => undefined;

/** What is read at a time, into the same memory over and over. */
const READ = Buffer.allocUnsafeSlow(64 * 1024);

/** As much of an envelope that comes in pieces as anybody looks at: its header, and where the next page begins. */
const head = Buffer.allocUnsafeSlow(1024);
/** How many bytes of it have come. */
let seen = 0;

/** Cuts what comes into envelopes, and looks at nothing but their lengths. */
function read(chunk: Buffer): void {
  let at = 0;
  while (at < chunk.length) {
    const whole = seen === 0 && chunk.length - at >= HEADER_LENGTH ? lengthOf(chunk, at) : Infinity;
    if (whole <= chunk.length - at) {
      onEnvelope(chunk, at);
      at += whole;
    } else {
      const until = Math.min(chunk.length, at + (seen < HEADER_LENGTH ? HEADER_LENGTH : lengthOf(head, 0)) - seen);
      if (seen < head.length) chunk.copy(head, seen, at, until);
      seen += until - at;
      at = until;
      if (seen >= HEADER_LENGTH && seen === lengthOf(head, 0)) {
        seen = 0;
        onEnvelope(head, 0);
      }
    }
  }
  flush();
}

const lengthOf = (bytes: Buffer, at: number): number => HEADER_LENGTH + bytes.readInt32BE(at + 5);

let pending: Buffer[] = [];

function flush(): void {
  if (pending.length === 0) return;
  socket.write(pending.length === 1 ? pending[0]! : Buffer.concat(pending));
  pending = [];
}

function envelope(opcode: number, streamId: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(VERSION, 0), u16(streamId), Buffer.of(opcode), i32(body.length), body]);
}

const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const u16 = (value: number): Buffer => Buffer.of(value >>> 8, value & 0xff);
const bytesOf = (value: Buffer): Buffer => Buffer.concat([i32(value.length), value]);

/** The body of the answer to one request, while nothing else is asked. */
function ask(opcode: number, ...parts: readonly Buffer[]): Promise<Buffer> {
  return new Promise((resolve) => {
    onEnvelope = (bytes, at) => resolve(Buffer.from(bytes.subarray(at + HEADER_LENGTH, at + lengthOf(bytes, at))));
    socket.write(envelope(opcode, 1, ...parts));
  });
}

const ids = new Map<string, Buffer>();

/** `<kind int> <id short bytes>` */
async function prepare(cql: string): Promise<Buffer> {
  const known = ids.get(cql);
  if (known !== undefined) return known;
  const result = await ask(Opcode.PREPARE, bytesOf(Buffer.from(cql)));
  const id = result.subarray(4, 6 + result.readUInt16BE(4));
  ids.set(cql, id);
  return id;
}

const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
};

const ENCODERS: Record<ColumnType, (value: never) => Buffer> = {
  int: i32,
  uuid: (value: string) => Buffer.from(value.replaceAll('-', ''), 'hex'),
  text: (value: string) => Buffer.from(value),
  timestamp: (value: Date) => int64(value.getTime()),
  double,
  bigint: int64,
  boolean: (value: boolean) => Buffer.of(value ? 1 : 0),
};

const ID = 7;

/** The values of a row, as bytes. */
function rowOf({ table }: Task): Buffer[] {
  const values = TABLES[table].row(ID);
  return Object.values(TABLES[table].columns).map((type, i) => ENCODERS[type](values[i] as never));
}

/** Sends the same request over and over, `concurrency` at a time, each answer of which asks for the next. */
async function repeat(
  cql: string,
  values: readonly Buffer[],
  concurrency: number,
  operations: number,
): Promise<number> {
  const id = await prepare(cql);
  const flags = WITH_VALUES | SKIP_METADATA;
  const parts = [id, u16(QUORUM), Buffer.of(flags), u16(values.length), ...values.map(bytesOf)];
  const requests = Array.from({ length: concurrency }, (_, streamId) =>
    envelope(Opcode.EXECUTE, streamId + 1, ...parts),
  );
  let sent = 0;
  let answered = 0;
  return new Promise((resolve) => {
    onEnvelope = (bytes, at) => {
      if (++answered === operations) resolve(answered);
      if (sent === operations) return;
      sent++;
      pending.push(requests[bytes.readInt16BE(at + 2) - 1]!);
    };
    for (const request of requests) {
      sent++;
      pending.push(request);
    }
    flush();
  });
}

/** Asks for page after page; where the next begins stands at the beginning of each. */
async function scan({ table, rows, pageSize }: Task, operations: number): Promise<number> {
  const id = await prepare(scanOf(TABLES[table], rows));
  const first = (): Buffer =>
    envelope(Opcode.EXECUTE, 1, id, u16(QUORUM), Buffer.of(SKIP_METADATA | WITH_PAGE_SIZE), i32(pageSize));
  let read = 0;
  return new Promise((resolve) => {
    onEnvelope = (bytes, at) => {
      // `<kind int> <flags int> <column count int> [<paging state bytes>]`
      const body = at + HEADER_LENGTH;
      const hasMore = (bytes.readInt32BE(body + 4) & 0x02) !== 0;
      if (hasMore) {
        read += pageSize;
        const state = bytes.subarray(body + 12, body + 16 + bytes.readInt32BE(body + 12));
        const flags = Buffer.of(SKIP_METADATA | WITH_PAGE_SIZE | WITH_PAGING_STATE);
        pending.push(envelope(Opcode.EXECUTE, 1, id, u16(QUORUM), flags, i32(pageSize), state));
      } else {
        // The last page is as long as what is left of the table.
        read += rows - (read % rows);
        if (read >= operations) resolve(operations);
        else pending.push(first());
      }
    };
    pending.push(first());
    flush();
  });
}

const inserts = (task: Task, operations: number): Promise<number> =>
  repeat(insertInto(TABLES[task.table]), rowOf(task), task.concurrency, operations);
const pointReads = ({ table, concurrency }: Task, operations: number): Promise<number> =>
  repeat(pointReadOf(TABLES[table]), [i32(ID)], concurrency, operations);

const work: Record<Workload, (task: Task, operations: number) => Promise<number>> = {
  insert: inserts,
  'insert in order': inserts,
  'insert one by one': inserts,
  'point read': pointReads,
  'point read one by one': pointReads,
  'point read by mergeRows': pointReads,
  scan,
  'columnar scan': scan,
};

export const candidate: Candidate = {
  async connect({ contactPoints }) {
    const [host, port] = contactPoints[0]!.split(':') as [string, string];
    const onread = {
      buffer: READ,
      callback: (count: number): boolean => {
        read(READ.subarray(0, count));
        return true;
      },
    };
    socket = createConnection({ host, port: Number(port), noDelay: true, onread });
    // `<CQL_VERSION: 3.0.0>`
    const text = (value: string): Buffer => Buffer.concat([u16(value.length), Buffer.from(value)]);
    await ask(Opcode.STARTUP, u16(1), text('CQL_VERSION'), text('3.0.0'));
  },
  run: (task, operations) => work[task.workload](task, operations),
  // Cassandra resets a connection that is ended without a word.
  close: () => Promise.resolve(socket.destroy()),
};
