import fc from 'fast-check';
import { Decimal } from 'rxcql';
import { describe, expect, it } from 'vitest';
import { parseTypeText, type TypeDefinitions } from '../../../src/codec/type-text.js';
import { SCALAR_SAMPLES, type Sample } from '../../support/samples.js';
import { type SampleType, sampleTypes, udtOf } from '../../support/sample-types.js';
import { column, encoded, fileOf, rowsOf, useFolder } from './support.js';

useFolder();

/** Some values of a type, of which some are null. */
const valuesOf = (samples: fc.Arbitrary<Sample>): fc.Arbitrary<unknown[]> =>
  fc.array(fc.option(samples.map(({ value }) => value)), { maxLength: 40 });

async function backAndForth(cql: string, values: unknown[], definitions?: TypeDefinitions): Promise<void> {
  const columns = [column('v', parseTypeText(cql, definitions))];
  const rows = values.map((v) => ({ v }));
  const bytes = encoded(columns, rows, { rowGroupRows: 16 });
  expect(await rowsOf(await fileOf(bytes))).toEqual(rows);
}

describe('a Parquet file gives back', () => {
  it.each(Object.entries(SCALAR_SAMPLES))('every %s', async (cql, samples) => {
    await fc.assert(
      fc.asyncProperty(valuesOf(samples), (values) => backAndForth(cql, values)),
      { numRuns: 20 },
    );
  });

  it('minus zero, NaN, infinities and the least and the greatest numbers', async () => {
    await backAndForth('double', [0, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE]);
    // Often enough that a dictionary would pay.
    await backAndForth('double', Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0 : -0))); // prettier-ignore
    await backAndForth('list<float>', [[0, -0, NaN, Infinity, -Infinity]]);
    await backAndForth('bigint', [2n ** 63n - 1n, -(2n ** 63n), 0n]);
    await backAndForth('date', ['-5877641-06-23', '+5881580-07-11', '1970-01-01']);
    await backAndForth('timestamp', [new Date(8.64e15), new Date(-8.64e15), new Date(-1)]);
    await backAndForth('decimal', [new Decimal(0n, 2 ** 31 - 1), new Decimal(-1n, -(2 ** 31)), new Decimal(0n, 3)]);
    await backAndForth('varint', [2n ** 20_000n, -(2n ** 20_000n)]);
  });

  it('every type that others make, nested as deep as one likes', { timeout: 30_000 }, async () => {
    const drawn: SampleType[] = fc.sample(sampleTypes(1), { numRuns: 4, seed: 7 });
    const udt = udtOf('thing', drawn);
    const fields = drawn.map(({ cql }, i) => [i % 2 === 0 ? `f${i}` : `F "${i}`, cql]);
    const definitions = { thing: Object.fromEntries(fields) as Record<string, string> };
    const columnOf = sampleTypes(4, [udt.type]).chain((type) =>
      fc.tuple(fc.constant(type.cql), fc.array(fc.option(type.samples), { minLength: 20, maxLength: 20 })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(columnOf, { minLength: 15, maxLength: 15 }), async (drawnColumns) => {
        const columns = drawnColumns.map(([cql], i) => column(`c${i}`, parseTypeText(cql, definitions)));
        const rows = Array.from({ length: 20 }, (_, row) =>
          Object.fromEntries(drawnColumns.map(([, samples], i) => [`c${i}`, samples[row]?.value ?? null])),
        );
        expect(await rowsOf(await fileOf(encoded(columns, rows, { rowGroupRows: 16 })))).toEqual(rows);
      }),
      { numRuns: 8 },
    );
  });
});
