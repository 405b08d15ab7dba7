import fc from 'fast-check';
import { type Sample, SCALAR_SAMPLES } from './samples.js';

/** A CQL type and samples of its values. */
export interface SampleType {
  readonly cql: string;
  readonly samples: fc.Arbitrary<Sample>;
  /** Whether its values have an order: only those can be elements of a set and keys of a map. */
  readonly isKey: boolean;
  /** Whether its parts are cells of their own, unless it is frozen, which it has to be inside of another type. */
  readonly hasCells: boolean;
}

/** A user-defined type, and the statement that makes it. */
export interface SampleUdt {
  readonly type: SampleType;
  readonly create: string;
}

const SCALARS: readonly SampleType[] = Object.entries(SCALAR_SAMPLES).map(([cql, samples]) => ({
  cql,
  samples,
  isKey: cql !== 'duration',
  hasCells: false,
}));

export const frozen = ({ cql, hasCells }: SampleType): string => (hasCells ? `frozen<${cql}>` : cql);
const joined = (samples: readonly (Sample | null)[]): string => samples.map((s) => s?.literal ?? 'null').join(', ');
const values = (samples: readonly (Sample | null)[]): unknown[] => samples.map((s) => s?.value ?? null);

/** Sets and maps have each key once. In one order, so that two sets of the same elements have one literal. */
const distinct = (keys: SampleType): fc.Arbitrary<Sample[]> =>
  fc
    .uniqueArray(keys.samples, { maxLength: 4, selector: ({ literal }) => literal })
    .map((samples) => samples.sort((a, b) => (a.literal < b.literal ? -1 : 1)));

function listOf(element: SampleType): SampleType {
  return {
    cql: `list<${frozen(element)}>`,
    samples: fc
      .array(element.samples, { maxLength: 4 })
      .map((items) => ({ value: values(items), literal: `[${joined(items)}]` })),
    isKey: element.isKey,
    hasCells: true,
  };
}

function setOf(element: SampleType): SampleType {
  return {
    cql: `set<${frozen(element)}>`,
    samples: distinct(element).map((items) => ({ value: new Set(values(items)), literal: `{${joined(items)}}` })),
    isKey: true,
    hasCells: true,
  };
}

function mapOf(key: SampleType, value: SampleType): SampleType {
  const entries = distinct(key).chain((keys) => fc.tuple(...keys.map((k) => fc.tuple(fc.constant(k), value.samples))));
  return {
    cql: `map<${frozen(key)}, ${frozen(value)}>`,
    samples: entries.map((pairs) => ({
      value: new Map(pairs.map(([k, v]) => [k.value, v.value])),
      literal: `{${pairs.map(([k, v]) => `${k.literal}: ${v.literal}`).join(', ')}}`,
    })),
    isKey: value.isKey,
    hasCells: true,
  };
}

function tupleOf(elements: readonly SampleType[]): SampleType {
  return {
    cql: `tuple<${elements.map(frozen).join(', ')}>`,
    samples: fc
      .tuple(...elements.map(({ samples }) => fc.option(samples)))
      .map((items) => ({ value: values(items), literal: `(${joined(items)})` })),
    isKey: elements.every(({ isKey }) => isKey),
    hasCells: false,
  };
}

function vectorOf(element: SampleType, dimensions: number): SampleType {
  const items = fc.array(element.samples, { minLength: dimensions, maxLength: dimensions });
  return {
    cql: `vector<${frozen(element)}, ${dimensions}>`,
    samples: items.map((samples) => ({
      value: element.cql === 'float' ? Float32Array.from(values(samples) as number[]) : values(samples),
      literal: `[${joined(samples)}]`,
    })),
    isKey: element.isKey,
    hasCells: false,
  };
}

/** Every other name of its fields has to be quoted. */
export function udtOf(name: string, fields: readonly SampleType[]): SampleUdt {
  const stored = fields.map((_, i) => (i % 2 === 0 ? `f${i}` : `F "${i}`));
  const names = stored.map((field, i) => (i % 2 === 0 ? field : `"${field.replaceAll('"', '""')}"`));
  const type: SampleType = {
    cql: name,
    samples: fc.tuple(...fields.map(({ samples }) => fc.option(samples))).map((items) => ({
      value: Object.fromEntries(items.map((item, i) => [stored[i]!, item?.value ?? null])),
      literal: `{${items.map((item, i) => `${names[i]!}: ${item?.literal ?? 'null'}`).join(', ')}}`,
    })),
    isKey: fields.every(({ isKey }) => isKey),
    hasCells: true,
  };
  const columns = fields.map((field, i) => `${names[i]!} ${frozen(field)}`);
  return { type, create: `CREATE TYPE ${name} (${columns.join(', ')})` };
}

/** Types that nest `depth` levels at most, of every kind. */
export function sampleTypes(depth: number, udts: readonly SampleType[] = [], isKey = false): fc.Arbitrary<SampleType> {
  const fits = (types: readonly SampleType[]): SampleType[] => types.filter((type) => !isKey || type.isKey);
  const scalar = fc.constantFrom(...fits(SCALARS));
  if (depth === 0) return scalar;
  const inner = sampleTypes(depth - 1, udts, isKey);
  const key = sampleTypes(depth - 1, udts, true);
  return fc.oneof(
    scalar,
    inner.map(listOf),
    key.map(setOf),
    fc.tuple(key, inner).map(([k, v]) => mapOf(k, v)),
    fc.array(inner, { minLength: 1, maxLength: 4 }).map(tupleOf),
    fc.tuple(inner, fc.integer({ min: 1, max: 4 })).map(([element, dimensions]) => vectorOf(element, dimensions)),
    ...fits(udts).map((udt) => fc.constant(udt)),
  );
}
