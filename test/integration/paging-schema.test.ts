import { concatMap, defer, lastValueFrom, type Observable, tap } from 'rxjs';
import { createSession, type Page, type Row, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';

const ROWS = 60;

describe.each([5, 4] as const)('a table that is changed while it is read, protocol v%i', (protocolVersion) => {
  const keyspace = `rxcql_paging_v${protocolVersion}`;
  let session: Session;
  const run = (cql: string, params?: readonly unknown[]): Promise<Page> => lastValueFrom(session.execute(cql, params));

  beforeAll(async () => {
    session = createSession({ ...sharedNode, protocolVersion });
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${keyspace}`);
    await lastValueFrom(session.close());
  });

  /** Reads page by page, and does something to the table between the third page and the fourth. */
  function changing(table: string, change: string, prepare: boolean): Observable<Page> {
    return session.query(`SELECT * FROM ${keyspace}.${table}`, [], { pageSize: 10, prepare }).pipe(
      concatMap((page, index) =>
        defer(async () => {
          if (index === 2) await run(change);
          return page;
        }),
      ),
      // Columns and values belong together, page by page.
      tap((page) => {
        const names = page.columns.map(({ name }) => name).sort();
        for (const row of page) {
          expect(Object.keys(row).sort()).toEqual(names);
          expect(row['name']).toBe(`name ${row['id'] as number}`);
        }
      }),
    );
  }

  async function fill(table: string): Promise<void> {
    await run(`CREATE TABLE ${keyspace}.${table} (id int PRIMARY KEY, age int, name text)`);
    for (let id = 0; id < ROWS; id++) {
      await run(`INSERT INTO ${keyspace}.${table} (id, age, name) VALUES (?, ?, ?)`, [id, id, `name ${id}`]);
    }
  }

  describe.each([
    ['prepared', true],
    ['not prepared', false],
  ])('by a statement that is %s', (_, prepare) => {
    it.each([
      ['added', 'ADD city text'],
      ['dropped', 'DROP age'],
    ])('gives every row once when a column is %s', async (what, change) => {
      const table = `${what}_${prepare}`;
      await fill(table);
      const rows: Row[] = [];
      await lastValueFrom(
        changing(table, `ALTER TABLE ${keyspace}.${table} ${change}`, prepare).pipe(tap((page) => rows.push(...page))),
      );
      expect(new Set(rows.map(({ id }) => id as number)).size).toBe(ROWS);
      expect(rows.length).toBe(ROWS);
    });

    it('ends in an error when the table is dropped, and never as if it was complete', async () => {
      const table = `gone_${prepare}`;
      await fill(table);
      const ids: number[] = [];
      const reading = lastValueFrom(
        changing(table, `DROP TABLE ${keyspace}.${table}`, prepare).pipe(
          tap((page) => ids.push(...page.toArray().map(({ id }) => id as number))),
        ),
      );
      await expect(reading).rejects.toMatchObject({ name: 'ResponseError', pagingState: expect.any(Buffer) as Buffer });
      expect(ids.length).toBeLessThanOrEqual(40);
    });
  });
});
