import { createRequire } from 'node:module';

// What the npm package cassandra-driver does with bytes, taken from inside of it: its public functions need a server.

const require = createRequire(import.meta.url);

interface PeerType {
  readonly code: number;
}

export interface PeerColumn {
  readonly name: string;
  readonly type: PeerType;
}

interface PeerReader {
  readInt(): number;
  readBytes(): Buffer | null;
  readMetadata(kind: number): { readonly columns: readonly PeerColumn[] };
}

interface PeerEncoder {
  decode(bytes: Buffer | null, type: PeerType): unknown;
}

const { FrameReader } = require('cassandra-driver/lib/readers.js') as {
  FrameReader: new (header: object, body: Buffer) => PeerReader;
};
const Encoder = require('cassandra-driver/lib/encoder.js') as new (version: number, options: object) => PeerEncoder;
const { types } = require('cassandra-driver') as {
  types: { Row: new (columns: readonly PeerColumn[]) => Record<string, unknown>; resultKind: { rows: number } };
};
const { ExecuteRequest } = require('cassandra-driver/lib/requests.js') as {
  ExecuteRequest: new (
    query: string,
    id: Buffer,
    params: readonly unknown[],
    options: null,
    meta: { readonly columns: readonly PeerColumn[] },
  ) => { write(encoder: PeerEncoder, streamId: number): Buffer };
};

const { Murmur3Tokenizer } = require('cassandra-driver/lib/tokenizer.js') as {
  Murmur3Tokenizer: new () => { hash(key: Buffer): unknown };
};

const VERSION = 4;
const encoder = new Encoder(VERSION, {});
const tokenizer = new Murmur3Tokenizer();

/** All rows of the body of a RESULT that holds rows, as its parser makes them. */
export function decodeRows(body: Buffer): unknown[] {
  const reader = new FrameReader({ version: VERSION, flags: 0 }, body);
  const kind = reader.readInt();
  const { columns } = reader.readMetadata(kind);
  const rows: unknown[] = [];
  for (let left = reader.readInt(); left > 0; left--) {
    const row = new types.Row(columns);
    for (const column of columns) row[column.name] = encoder.decode(reader.readBytes(), column.type);
    rows.push(row);
  }
  return rows;
}

/** An EXECUTE with its header, in protocol v4. */
export function encodeExecute(id: Buffer, columns: readonly PeerColumn[], params: readonly unknown[]): Buffer {
  return new ExecuteRequest('', id, params, null, { columns }).write(encoder, 1);
}

/** The Murmur3 token of a key. */
export function hashKey(key: Buffer): unknown {
  return tokenizer.hash(key);
}
