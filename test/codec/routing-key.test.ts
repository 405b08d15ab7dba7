import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParameterMetadata } from '../../src/codec/metadata.js';
import { executeIds, writeExecute } from '../../src/codec/requests.js';
import { routingKey, routingKeyOfValues, startOfValues } from '../../src/codec/routing-key.js';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES } from '../../src/codec/value-options.js';
import { Writer } from '../../src/codec/writer.js';
import { BindError } from '../../src/errors.js';
import { bytes, thrownBy } from './support.js';

const LONGEST = 65_535;
const BLOB: CqlType = { kind: 'blob' };
const INT: CqlType = { kind: 'int' };

describe('routingKey', () => {
  it('is a single component as it is, of whatever length', () => {
    const component = bytes('00ff');
    expect(routingKey([component])).toBe(component);
    expect(routingKey([new Uint8Array(LONGEST + 1)])).toHaveLength(LONGEST + 1);
    expect(routingKey([bytes('')])).toHaveLength(0);
  });

  it.each([
    [['00000001', '61'], '0004 00000001 00 0001 61 00'],
    [['', ''], '0000 00 0000 00'],
    [['ff', '', '00'], '0001 ff 00 0000 00 0001 00 00'],
  ])('is %j, each behind its length and before a zero', (components, key) => {
    expect(routingKey(components.map((component) => bytes(component)))).toEqual(bytes(key));
  });

  it('has the length of a component in two bytes', () => {
    const key = routingKey([new Uint8Array(0x1234), new Uint8Array(LONGEST).fill(1)]);
    expect(key).toHaveLength(0x1234 + LONGEST + 6);
    expect(Buffer.from(key).readUInt16BE(0)).toBe(0x1234);
    expect(Buffer.from(key).readUInt16BE(0x1234 + 3)).toBe(LONGEST);
    expect(key.at(-2)).toBe(1);
    expect(key.at(-1)).toBe(0);
  });

  it('refuses a component beside others whose length does not fit', () => {
    const error = thrownBy(() => routingKey([bytes('01'), new Uint8Array(LONGEST + 1)]));
    expect(error).toBeInstanceOf(BindError);
    expect(error.message).toBe(
      'Component 2 of the partition key has 65536 bytes; 65535 are the most that a component can have.',
    );
  });
});

/** A statement with parameters `p0`, `p1` and so on, of which those of the given indexes make up the partition key. */
function statement(count: number, partitionKey: readonly number[], cqlType: CqlType): ParameterMetadata {
  const parameters = Array.from({ length: count }, (_, i) => ({
    name: `p${i}`,
    type: formatType(cqlType),
    keyspace: 'ks',
    table: 't',
    cqlType,
    codec: valueCodec(cqlType),
  }));
  return { parameters, partitionKey, isMarkedConditional: false, values: DEFAULT_VALUES };
}

/** The routing key out of an EXECUTE with these values, which lies in the middle of other bytes; `null` is a null. */
function keyOf(
  version: 4 | 5,
  values: readonly (Uint8Array | null)[],
  partitionKey: readonly number[],
  cqlType: CqlType = BLOB,
): Buffer | undefined {
  const headroom = 9;
  const { buffer, start } = new Writer().encode(headroom, (writer) =>
    writeExecute(writer, version, executeIds(bytes('0a0b0c'), bytes('0d0e'), version === 5), {
      consistency: 1,
      values: {
        count: values.length,
        write: (writer, i) => {
          const value = values[i] ?? null;
          writer.i32(value === null ? -1 : value.length);
          if (value !== null) writer.bytes(value);
        },
      },
      pageSize: 5000,
    }),
  );
  const at = startOfValues(buffer, start + headroom, version);
  const key = routingKeyOfValues(buffer, at, statement(values.length, partitionKey, cqlType));
  return key && key.buffer.subarray(key.start, key.end);
}

describe.each([4, 5] as const)('routingKeyOfValues, out of an EXECUTE of protocol v%i', (version) => {
  it('slices out the only component', () => {
    expect(keyOf(version, [bytes('01'), null, bytes('0203')], [2])).toEqual(bytes('0203'));
    expect(keyOf(version, [bytes('')], [0])).toEqual(bytes(''));
    expect(keyOf(version, [new Uint8Array(LONGEST + 1)], [0])).toHaveLength(LONGEST + 1);
  });

  it('joins several in the order of the key, not of the parameters', () => {
    expect(keyOf(version, [bytes('aa'), bytes('bbbb'), bytes('')], [2, 0])).toEqual(bytes('0000 00 0001 aa 00'));
  });

  it('is what the components make up', () => {
    const values = fc.array(fc.option(fc.uint8Array({ maxLength: 30 })), { minLength: 1, maxLength: 8 });
    const cases = values.chain((values) =>
      fc.tuple(fc.constant(values), fc.shuffledSubarray([...values.keys()], { minLength: 1 })),
    );
    fc.assert(
      fc.property(cases, ([values, partitionKey]) => {
        const components = partitionKey.map((index) => values[index]).filter((component) => component !== null);
        const isWhole = components.length === partitionKey.length;
        const expected = isWhole ? Buffer.from(routingKey(components as Uint8Array[])) : undefined;
        expect(keyOf(version, values, partitionKey)).toEqual(expected);
      }),
    );
  });

  it('is undefined if the partition key is not all there', () => {
    expect(keyOf(version, [bytes('01')], [])).toBeUndefined();
    expect(keyOf(version, [null], [0])).toBeUndefined();
    expect(keyOf(version, [bytes('01'), null], [0, 1])).toBeUndefined();
  });

  it.each<[CqlType, boolean]>([
    [{ kind: 'set', element: INT }, false],
    [{ kind: 'map', key: INT, value: INT }, false],
    [{ kind: 'list', element: { kind: 'set', element: INT } }, false],
    [{ kind: 'tuple', elements: [INT, { kind: 'set', element: INT }] }, false],
    [{ kind: 'udt', keyspace: 'ks', name: 'u', fields: [{ name: 's', type: { kind: 'set', element: INT } }] }, false],
    [{ kind: 'list', element: INT }, true],
    [{ kind: 'vector', element: { kind: 'set', element: INT }, dimensions: 2 }, false],
    [{ kind: 'vector', element: INT, dimensions: 2 }, true],
    [{ kind: 'tuple', elements: [INT, INT] }, true],
    [{ kind: 'udt', keyspace: 'ks', name: 'u', fields: [{ name: 'i', type: INT }] }, true],
    [{ kind: 'custom', className: 'org.example.Type' }, true],
  ])('is undefined where the server sorts first: %j, %#', (cqlType, isKnown) => {
    expect(keyOf(version, [bytes('01')], [0], cqlType)).toEqual(isKnown ? bytes('01') : undefined);
  });

  it('refuses a component beside others whose length does not fit, by the name of its parameter', () => {
    expect(keyOf(version, [bytes('01'), new Uint8Array(LONGEST)], [0, 1])).toHaveLength(LONGEST + 7);
    const error = thrownBy(() => keyOf(version, [bytes('01'), new Uint8Array(LONGEST + 1)], [0, 1]));
    expect(error).toBeInstanceOf(BindError);
    expect(error).toMatchObject({
      column: 'p1',
      message:
        'The parameter "p1" (blob), part of the partition key, has 65536 bytes; 65535 are the most that a component can have.',
    });
  });
});
