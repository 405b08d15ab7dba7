import fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { createSession, type Page, type Row, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCells } from '../support/raw-cells.js';
import type { Sample } from '../support/samples.js';
import { frozen, type SampleType, sampleTypes, type SampleUdt, udtOf } from '../support/sample-types.js';
import { sharedNode } from './shared-node.js';

// Types and values by chance, each value in two forms that know nothing of each other's bytes: as the driver has it, and as CQL
// writes it. The driver has to read the value from the bytes that the server made of the text, and the server has to keep the
// same bytes when the driver sends the value: the encoder and the decoder cannot agree on a mistake.

const KEYSPACE = 'rxcql_test_random';
const TABLES = 5;
const COLUMNS = 64;
const ROWS = 8;
const UDTS = 8;
const DEPTH = 4;

/** What fails today fails tomorrow, unless one asks for others. */
const SEED = Number(process.env['RXCQL_SEED'] ?? 1);
let draws = 0;

function draw<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: SEED * 1_000_000 + draws++ });
}

function drawUdts(): SampleUdt[] {
  const udts: SampleUdt[] = [];
  for (let i = 0; i < UDTS; i++) {
    // Each may have those before it inside.
    const before = udts.map(({ type }) => type);
    const fields = fc.array(sampleTypes(DEPTH - 2, before), { minLength: 1, maxLength: 4 });
    udts.push(udtOf(`udt${i}`, draw(fields, 1)[0]!));
  }
  return udts;
}

interface SampleColumn {
  readonly name: string;
  readonly cql: string;
  /** One a row. */
  readonly samples: readonly Sample[];
}

function drawColumn(type: SampleType, index: number): SampleColumn {
  const samples = draw(type.samples, ROWS);
  const name = `c${index}`;
  if (!type.hasCells || index % 2 === 0) return { name, cql: frozen(type), samples };
  return {
    name,
    cql: type.cql,
    samples: samples.map(({ value, literal }) => ({ value: isWithoutCells(value) ? null : value, literal })),
  };
}

/** What has no cells is not there. */
function isWithoutCells(value: unknown): boolean {
  if (value instanceof Set || value instanceof Map) return value.size === 0;
  return Object.values(value as object).every((part) => part === null);
}

const udts = drawUdts();
const types = sampleTypes(
  DEPTH,
  udts.map(({ type }) => type),
);
const tables = Array.from({ length: TABLES }, (_, i) => {
  const columns = draw(types, COLUMNS).map(drawColumn);
  return { table: `t${i}`, columns, names: columns.map(({ name }) => name).join(', ') };
});

/** By column, so that a failure says which. */
function byColumn<T>(
  columns: readonly SampleColumn[],
  of: (column: SampleColumn, index: number) => T,
): Record<string, T> {
  return Object.fromEntries(columns.map((column, i) => [`${column.name} ${column.cql}`, of(column, i)]));
}

describe.each([5, 4] as const)('on a real Cassandra, types by chance, protocol v%i', (protocolVersion) => {
  let session: Session;

  const run = (...args: Parameters<Session['execute']>): Promise<Page> => lastValueFrom(session.execute(...args));

  beforeAll(async () => {
    session = createSession({
      ...sharedNode,
      protocolVersion,
    });
    await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${KEYSPACE}`);
    for (const { create } of udts) await run(create);
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${KEYSPACE}`);
    await lastValueFrom(session.close());
  });

  it.each(tables)(
    'are read as the server writes them, and written as it does: $table',
    async ({ table, columns, names }) => {
      await run(
        `CREATE TABLE ${table} (id int PRIMARY KEY, ${columns.map(({ name, cql }) => `${name} ${cql}`).join(', ')})`,
      );
      for (let id = 0; id < ROWS; id++) {
        const literals = columns.map(({ samples }) => samples[id]!.literal);
        await run(`INSERT INTO ${table} (id, ${names}) VALUES (${id}, ${literals.join(', ')})`);
        const theirs = await select(id);
        expect(byColumn(columns, ({ name }) => theirs.row[name] as unknown)).toEqual(
          byColumn(columns, ({ samples }) => samples[id]!.value),
        );

        // What was read has the order that the server gives sets and maps; inside of a UDT it would keep any other.
        const values = columns.map(({ name }) => theirs.row[name] as unknown);
        await run(`INSERT INTO ${table} (id, ${names}) VALUES (?${', ?'.repeat(COLUMNS)})`, [ROWS + id, ...values]);
        const ours = await select(ROWS + id);
        expect(byColumn(columns, (_, i) => ours.cells[i])).toEqual(byColumn(columns, (_, i) => theirs.cells[i]));
      }

      async function select(id: number): Promise<{ row: Row; cells: (string | undefined)[] }> {
        const page = await run(`SELECT ${names} FROM ${table} WHERE id = ?`, [id]);
        return { row: page.one(), cells: rawCells(page)[0]!.map((cell) => cell?.toString('hex')) };
      }
    },
  );
});
