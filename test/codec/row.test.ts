import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import { cellError } from '../../src/codec/row.js';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { valueCodec } from '../../src/codec/value-codec.js';

describe('the error for a cell', () => {
  it('names its column, however that is called, in a few words that can be printed', () => {
    const cqlType: CqlType = { kind: 'custom', className: `\u001b[31m${'x'.repeat(60_000)}` };
    const column: ColumnSpec = {
      name: `\u001b]0;title\u0007${'y'.repeat(60_000)}`,
      type: formatType(cqlType),
      keyspace: 'k',
      table: 't',
      cqlType,
      codec: valueCodec(cqlType),
    };
    const { message } = cellError(column, new Error('anything'));
    expect(message).toMatch(
      /^Column "\\u001b\]0;title\\u0007y+…" \('\\u\{1b\}\[31mx+…\) cannot be read: its codec failed\.$/,
    );
    expect(message.length).toBeLessThan(500);
  });
});
