import { type FileHandle, open } from 'node:fs/promises';
import {
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  type ParquetParsers,
  parquetRead,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet';
import type { ColumnSpec } from '../../codec/column-spec.js';
import { formatType } from '../../codec/type.js';
import type { Column } from '../../operators/page.js';
import { FileError } from '../files/file-error.js';
import { type ColumnReader, columnReader } from './column-reader.js';
import { columnTypesIn } from './column-types-entry.js';
import { decompressors } from './parquet-compression.js';
import { type ColumnSlots, ParquetRows } from './parquet-rows.js';

/** A column that is read, and the paths of its leaves, in the order in which its reader takes them. */
interface ReadColumn {
  readonly name: string;
  readonly reader: ColumnReader;
  readonly leaves: readonly string[];
  readonly isFlat: boolean;
}

const COMPRESSORS = decompressors();

/** An open file, of which one row group after another is read. */
export class ParquetFile {
  readonly columns: readonly Column[];
  readonly groups: number;
  private readonly handle: FileHandle;
  private readonly size: number;
  private readonly metadata: FileMetaData;
  private readonly readers: readonly ReadColumn[];

  constructor(handle: FileHandle, size: number, metadata: FileMetaData, names: readonly string[] | undefined) {
    this.handle = handle;
    this.size = size;
    const types = columnTypesIn(metadata.key_value_metadata ?? []);
    const all = parquetSchema(metadata).children;
    const nodes = names === undefined ? all : names.map((name) => nodeOf(all, name));
    this.readers = nodes.map((node) => readColumn(node, columnReader(node, types.get(node.element.name))));
    this.columns = this.readers.map(({ name, reader: { type } }) => {
      const column: Omit<ColumnSpec, 'codec'> = {
        name,
        type: formatType(type),
        keyspace: '',
        table: '',
        cqlType: type,
      };
      return column;
    });
    this.groups = metadata.row_groups.length;
    // The types of what is stored are ours to interpret.
    this.metadata = { ...metadata, schema: metadata.schema.map(physicalElement) };
  }

  /** The rows of a row group, all in memory. */
  rowsOf(group: number): PromiseLike<ParquetRows> {
    return this.read(group);
  }

  close(): PromiseLike<void> {
    return this.handle.close();
  }

  private async read(group: number) {
    const { metadata, readers } = this;
    const counts = metadata.row_groups.map(({ num_rows: rows }) => Number(rows));
    const rowStart = counts.slice(0, group).reduce((sum, count) => sum + count, 0);
    const count = counts[group]!;
    const slots = new Map<string, DecodedArray[]>(readers.flatMap(({ leaves }) => leaves.map((leaf) => [leaf, []])));
    if (count > 0) {
      await parquetRead({
        file: bufferOf(this.handle, this.size),
        metadata,
        columns: readers.map(({ name }) => name),
        rowStart,
        rowEnd: rowStart + count,
        compressors: COMPRESSORS,
        utf8: false,
        parsers: AS_STORED,
        onPage: ({ pathInSchema, columnData }) => slots.get(keyOf(pathInSchema))!.push(columnData),
      });
    }
    return new ParquetRows(
      readers.map((column) => columnSlots(column, slots, count)),
      count,
      rowStart,
    );
  }
}

/** @param columns Which columns to read; undefined for all. */
export function openParquet(path: string, columns: readonly string[] | undefined): PromiseLike<ParquetFile> {
  return opened(path, columns);
}

async function opened(path: string, columns: readonly string[] | undefined) {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const metadata = await parquetMetadataAsync(bufferOf(handle, size), { parsers: AS_STORED, geoparquet: false });
    return new ParquetFile(handle, size, metadata, columns);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function nodeOf(nodes: readonly SchemaTree[], name: string): SchemaTree {
  const node = nodes.find(({ element }) => element.name === name);
  if (node === undefined) throw new RangeError(`it has no column ${JSON.stringify(name)}`);
  return node;
}

function readColumn(node: SchemaTree, reader: ColumnReader): ReadColumn {
  const { name, repetition_type: repetition } = node.element;
  return { name, reader, leaves: leavesOf(node), isFlat: node.children.length === 0 && repetition !== 'REPEATED' };
}

function leavesOf(node: SchemaTree): string[] {
  return node.children.length === 0 ? [keyOf(node.path)] : node.children.flatMap(leavesOf);
}

/** Names may have any character. */
function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

function columnSlots(column: ReadColumn, slots: ReadonlyMap<string, DecodedArray[]>, count: number): ColumnSlots {
  const leaves = column.leaves.map((leaf) => joined(slots.get(leaf)!));
  if (leaves.some(({ length }) => length !== count)) {
    throw new RangeError(`its column ${JSON.stringify(column.name)} has not as many values as there are rows`);
  }
  return { name: column.name, reader: column.reader, isFlat: column.isFlat, leaves };
}

function joined(pages: readonly DecodedArray[]): ArrayLike<unknown> {
  if (pages.length === 1) return pages[0]!;
  const all: unknown[] = [];
  for (const page of pages) for (const value of page) all.push(value);
  return all;
}

/** What hyparquet makes of what is stored, where it is asked: nothing. Only texts are made at once, for a dictionary has each once. */
const AS_STORED: ParquetParsers = {
  timestampFromMilliseconds: (millis) => millis,
  timestampFromMicroseconds: (micros) => micros,
  timestampFromNanoseconds: (nanos) => nanos,
  dateFromDays: (days) => days,
  stringFromBytes: (bytes: Uint8Array | undefined) =>
    bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
  jsonFromBytes: (bytes) => bytes,
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
  uuidFromBytes: (bytes) => bytes,
};

/** What hyparquet would make something inexact of, or refuse. */
const INTERPRETED: ReadonlySet<string> = new Set([
  'DECIMAL',
  'JSON',
  'BSON',
  'INTERVAL',
  'GEOMETRY',
  'GEOGRAPHY',
  'VARIANT',
]);

function physicalElement(element: SchemaElement): SchemaElement {
  const { converted_type: converted, logical_type: logical, ...rest } = element;
  return {
    ...rest,
    ...(converted !== undefined && !INTERPRETED.has(converted) && { converted_type: converted }),
    ...(logical !== undefined && !INTERPRETED.has(logical.type) && { logical_type: logical }),
  };
}

/** Slices of a file. What lies outside of it was announced by a file that is damaged. */
function bufferOf(handle: FileHandle, size: number) {
  return {
    byteLength: size,
    slice: async (start: number, end = size) => {
      if (!(start >= 0 && end >= start && end <= size)) throw new RangeError('it announces more than it has');
      const buffer = new ArrayBuffer(end - start);
      let read = 0;
      while (read < buffer.byteLength) {
        const { bytesRead } = await handle.read(new Uint8Array(buffer), read, buffer.byteLength - read, start + read);
        if (bytesRead === 0) throw new RangeError('it has become shorter meanwhile');
        read += bytesRead;
      }
      return buffer;
    },
  };
}

/** The error for a file that cannot be read. */
export function unreadable(file: string, error: unknown): FileError {
  if (error instanceof FileError) return error;
  const reason = error instanceof Error ? error.message : 'something was thrown that is no error';
  return new FileError(file, `The Parquet file ${JSON.stringify(file)} cannot be read: ${reason}.`, { cause: error });
}
