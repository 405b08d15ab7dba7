// Reads a page both ways and prints what it found, for no-code-generation.test.ts.
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import { ResultColumns } from '../../src/codec/result-columns.js';
import { Rows } from '../../src/codec/rows.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES } from '../../src/codec/value-options.js';
import { Writer } from '../../src/codec/writer.js';

const ROWS = 2_000;

const columns = (['int', 'text', 'double', 'uuid'] as const).map((kind): ColumnSpec => ({
  name: kind === 'text' ? '__proto__' : kind,
  type: kind,
  keyspace: 'ks',
  table: 't',
  cqlType: { kind },
  codec: valueCodec({ kind }),
}));

const { buffer, start, end } = new Writer().encode(0, (writer) => {
  for (let row = 0; row < ROWS; row++) {
    for (const [i, value] of [row, `row ${row}`, row / 2, '11111111-1111-1111-8111-111111111111'].entries()) {
      const mark = writer.reserve();
      columns[i]!.codec.encode(writer, value);
      writer.patchLength(mark);
    }
  }
});

const described = new ResultColumns(columns, Buffer.alloc(0), true, DEFAULT_VALUES);
const rows = new Rows(described, ROWS, buffer, start, end);
rows.cursor();
const cursor = rows.cursor();
const found = Array.from({ length: ROWS }, () => cursor.next());
const { rowDecoders } = described;

console.log(
  JSON.stringify({
    isGenerated: rowDecoders.bestFor(ROWS) !== rowDecoders.interpret,
    first: Object.entries(found[0]!),
    last: Object.entries(found.at(-1)!),
    columns: rows.columnar().columns.map(({ name, values }) => [name, values.length, String(values[ROWS - 1])]),
  }),
);
