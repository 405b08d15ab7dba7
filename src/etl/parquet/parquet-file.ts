import { type FileHandle, open } from 'node:fs/promises';
import { type FileMetaData, parquetMetadataAsync, parquetSchema, type SchemaElement } from 'hyparquet';
import type { ColumnSpec } from '../../codec/column-spec.js';
import { formatType } from '../../codec/type.js';
import type { Column } from '../../operators/page.js';
import { FileError } from '../files/file-error.js';
import { type ColumnReader, columnReader } from './column-reader.js';
import { columnTypesIn } from './column-types-entry.js';
import { AS_STORED, type Leaf, leavesOf, readLeaf, rangeOf } from './leaf-chunk.js';
import { type ColumnSlots, ParquetRows } from './parquet-rows.js';

/** A column that is read, and its leaves, in the order in which its reader takes them. */
interface ReadColumn {
  readonly name: string;
  readonly reader: ColumnReader;
  readonly leaves: readonly Leaf[];
}

/** An open file, of which one row group after another is read. */
export class ParquetFile {
  readonly columns: readonly Column[];
  readonly groups: number;
  /** In bytes. */
  readonly size: number;
  /** How many rows all groups have. */
  readonly count: number;
  private readonly handle: FileHandle;
  private readonly metadata: FileMetaData;
  private readonly readers: readonly ReadColumn[];
  /** How many rows the groups before the next one have. */
  private rows = 0;

  constructor(handle: FileHandle, size: number, metadata: FileMetaData, names: readonly string[] | undefined) {
    this.handle = handle;
    this.size = size;
    this.metadata = metadata;
    this.groups = metadata.row_groups.length;
    this.count = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
    const types = columnTypesIn(metadata.key_value_metadata ?? []);
    const all = parquetSchema(metadata).children;
    const leaves = leavesOf({ ...metadata, schema: metadata.schema.map(physicalElement) });
    const columns = all.map((node) => ({ node, name: node.element.name, leaves: [] as Leaf[] }));
    for (const leaf of leaves) columns[leaf.column]!.leaves.push(leaf);
    const chosen = names === undefined ? columns : names.map((name) => named(columns, name));
    this.readers = chosen.map((column) => ({
      name: column.name,
      reader: columnReader(column.node, types.get(column.name)),
      leaves: column.leaves,
    }));
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
  }

  /** The rows of a row group, all in memory. Groups are read in their order. */
  rowsOf(group: number): PromiseLike<ParquetRows> {
    return this.read(group);
  }

  close(): PromiseLike<void> {
    return this.handle.close();
  }

  private async read(index: number) {
    const group = this.metadata.row_groups[index]!;
    const count = Number(group.num_rows);
    const columns: ColumnSlots[] = [];
    for (const { name, reader, leaves } of this.readers) {
      const slots: ArrayLike<unknown>[] = [];
      for (const leaf of leaves) {
        const chunk = group.columns[leaf.index]?.meta_data;
        // A leaf at a time: of no other is there more than its values.
        slots.push(count === 0 ? [] : readLeaf(leaf, chunk, await this.bytes(rangeOf(leaf, chunk)), count));
      }
      columns.push({ name, reader, isFlat: leaves[0]!.isFlat, leaves: slots });
    }
    const rows = new ParquetRows(columns, count, this.rows);
    this.rows += count;
    return rows;
  }

  private bytes([start, end]: readonly [number, number]) {
    return bufferOf(this.handle, this.size).slice(start, end);
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

function named<T extends { readonly name: string }>(columns: readonly T[], name: string): T {
  const column = columns.find((each) => each.name === name);
  if (column === undefined) throw new MissingColumn(name);
  return column;
}

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

class MissingColumn extends Error {}

/** The error for a file that cannot be read. */
export function unreadable(file: string, error: unknown): FileError {
  if (error instanceof FileError) return error;
  const name = JSON.stringify(file);
  return new FileError(file, `The Parquet file ${name} ${reasonOf(error)}.`, { cause: error });
}

function reasonOf(error: unknown): string {
  if (error instanceof MissingColumn) return `has no column ${JSON.stringify(error.message)}`;
  // What the system says names the file once more, and is meant to be read; what a parser says is not.
  const { syscall, code } = error as Partial<NodeJS.ErrnoException>;
  return syscall === undefined ? 'is damaged, ends too early, or is none' : `cannot be read (${code!})`;
}
