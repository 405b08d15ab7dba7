import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import { executeIds } from '../../src/codec/requests.js';
import { ResultColumns } from '../../src/codec/result-columns.js';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { columnCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES, type ValueSettings, valueSettings } from '../../src/codec/value-options.js';
import { bindPrepared } from '../../src/session/bind.js';
import { PreparedStatement } from '../../src/session/prepared.js';
import { hex, written } from '../codec/support.js';

function column(name: string, cqlType: CqlType, values: ValueSettings): ColumnSpec {
  const codec = columnCodec(`ks.t.${name}`, cqlType, values);
  return { name, type: formatType(cqlType), keyspace: 'ks', table: 't', cqlType, codec };
}

function prepare(values: ValueSettings): PreparedStatement {
  return new PreparedStatement('INSERT …', undefined, {
    kind: 'prepared',
    header: { tracingId: undefined, warnings: [], customPayload: undefined },
    id: Buffer.alloc(16),
    metadataId: undefined,
    isMarkedConditional: false,
    described: undefined,
    parameters: [column('n', { kind: 'int' }, values)],
    partitionKey: [],
    values,
  });
}

describe('a prepared statement', () => {
  it('takes the values of the session that executes it, whichever prepared it', () => {
    const doubled = valueSettings({
      codecs: [{ type: 'int', decode: (n: number) => n / 2, encode: (n: number) => 2 * n }],
    });
    const statement = prepare(doubled);
    const bound = (values: ValueSettings): string =>
      written((writer) => bindPrepared(statement, [21], statement.parametersFor(values)).write(writer, 0));
    expect(bound(doubled)).toBe(hex('00000004 0000002a'));
    expect(bound(DEFAULT_VALUES)).toBe(hex('00000004 00000015'));
    expect(statement.parametersFor(DEFAULT_VALUES)).toBe(statement.parametersFor(DEFAULT_VALUES));
    expect(statement.parametersFor(doubled)).toBe(statement.parameters);
  });

  it('has its ids at hand, with that of its rows as it is by now', () => {
    const statement = prepare(DEFAULT_VALUES);
    const described = new ResultColumns(
      [column('n', { kind: 'int' }, DEFAULT_VALUES)],
      Buffer.alloc(0),
      true,
      DEFAULT_VALUES,
    );
    const ids = statement.idsFor(true);
    expect(ids).toEqual(executeIds(statement.id, undefined, true));
    expect(statement.idsFor(true)).toBe(ids);
    statement.learn(described, Buffer.of(7, 8));
    expect(statement.idsFor(true)).toEqual(executeIds(statement.id, Buffer.of(7, 8), true));
    expect(statement.idsFor(false)).toEqual(executeIds(statement.id, undefined, false));
    expect(statement.idsFor(true)).toEqual(executeIds(statement.id, Buffer.of(7, 8), true));
  });

  it('does not take the rows of a condition for what it means from now on', () => {
    const columns = (...names: string[]): ResultColumns =>
      new ResultColumns(
        names.map((name) => column(name, { kind: 'boolean' }, DEFAULT_VALUES)),
        Buffer.alloc(0),
        true,
        DEFAULT_VALUES,
      );
    const statement = prepare(DEFAULT_VALUES);
    statement.learn(columns('[applied]', 'v'), Buffer.of(1));
    expect(statement.result).toEqual({ metadataId: undefined, described: undefined });
    const rows = columns('v');
    statement.learn(rows, Buffer.of(2));
    expect(statement.result).toEqual({ metadataId: Buffer.of(2), described: rows });
  });
});
