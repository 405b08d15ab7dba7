import {
  type ColumnMetaData,
  type DecodedArray,
  type FileMetaData,
  type ParquetParsers,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { parquetHeader, readColumn } from 'hyparquet/src/column.js';
import { decompressors } from './parquet-compression.js';

/** Where values are: a part of the schema that has no parts of its own. */
export interface Leaf {
  /** Which of the leaves it is, and of which column. */
  readonly index: number;
  readonly column: number;
  /** From the root to the leaf. */
  readonly path: readonly SchemaTree[];
  /** Whether a row has one value of it, or null. */
  readonly isFlat: boolean;
}

/** All leaves of a file, in their order. */
export function leavesOf(metadata: FileMetaData): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (path: readonly SchemaTree[], column: number): void => {
    const node = path.at(-1)!;
    const isFlat = path.length === 2 && node.element.repetition_type !== 'REPEATED';
    if (node.children.length === 0) leaves.push({ index: leaves.length, column, path, isFlat });
    for (const child of node.children) visit([...path, child], column);
  };
  const root = parquetSchema(metadata);
  root.children.forEach((node, column) => visit([root, node], column));
  return leaves;
}

/** What hyparquet makes of what is stored, where it is asked: nothing. Only texts are made at once, for a dictionary has each once. */
export const AS_STORED: ParquetParsers = {
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

const COMPRESSORS = decompressors();

type Chunk = ColumnMetaData | undefined;

/** Where the values of a leaf lie, of one row group. */
export function rangeOf(leaf: Leaf, chunk: Chunk): readonly [start: number, end: number] {
  if (chunk?.path_in_schema.length !== leaf.path.length - 1) throw new RangeError(NOT_ITS_OWN);
  const { data_page_offset: data, dictionary_page_offset: dictionary, total_compressed_size: size } = chunk;
  const start = Number(dictionary !== undefined && dictionary > 0n && dictionary < data ? dictionary : data);
  return [start, start + Number(size)];
}

const NOT_ITS_OWN = 'what it says of its columns does not go with its schema';

/**
 * The slots of a leaf for each row of a row group.
 *
 * @throws Whatever hyparquet does if the bytes are something else.
 */
export function readLeaf({ path, isFlat }: Leaf, chunk: Chunk, bytes: ArrayBuffer, rows: number): ArrayLike<unknown> {
  const { element } = path.at(-1)!;
  if (chunk === undefined || chunk.type !== element.type) throw new RangeError(NOT_ITS_OWN);
  checkPages(bytes, Number(chunk.num_values), isFlat ? rows : undefined);
  const { data } = readColumn(
    { view: new DataView(bytes), offset: 0 },
    { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows },
    {
      pathInSchema: chunk.path_in_schema,
      schemaPath: [...path],
      type: chunk.type,
      codec: chunk.codec,
      element,
      parsers: AS_STORED,
      compressors: COMPRESSORS,
      utf8: false,
    },
  );
  const slots = joined(data);
  if (slots.length !== rows) throw new RangeError('a column has not as many values as there are rows');
  return slots;
}

/** Before anything is allocated by it: what the pages announce has to be what their column does. */
function checkPages(bytes: ArrayBuffer, values: number, rows: number | undefined): void {
  const reader = { view: new DataView(bytes), offset: 0 };
  let announced = 0;
  while (reader.offset < bytes.byteLength && announced < values) {
    const header = parquetHeader(reader);
    const counted = header.data_page_header ?? header.data_page_header_v2;
    const { num_values: count } = counted ?? header.dictionary_page_header ?? { num_values: 0 };
    if (!(count >= 0 && header.compressed_page_size >= 0 && header.uncompressed_page_size >= 0)) {
      throw new RangeError('the header of a page is none');
    }
    if (counted !== undefined) announced += count;
    reader.offset += header.compressed_page_size;
  }
  if (reader.offset > bytes.byteLength || announced !== values || (rows !== undefined && values !== rows)) {
    throw new RangeError('a column has not as many values as it announces');
  }
}

function joined(pages: readonly DecodedArray[]): ArrayLike<unknown> {
  if (pages.length === 1) return pages[0]!;
  const all: unknown[] = [];
  for (const page of pages) for (const value of page) all.push(value);
  return all;
}
