import { concatMap, lastValueFrom, tap } from 'rxjs';
import type { Page, Row } from 'rxcql';
import { cql, type CqlRequest, type CqlResponse, error, prepared, rows, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { scenario } from './oracles.js';

const SELECT = 'SELECT * FROM ks.people WHERE bucket = ?';
const PARAMETERS = { bucket: 'text' };
const PAGES = 5;
/** From which page on the table is another. */
const CHANGED = 2;

interface Shape {
  readonly columns: Readonly<Record<string, string>>;
  readonly row: (id: number) => Row;
  readonly types?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const BEFORE: Shape = {
  columns: { id: 'int', age: 'int', name: 'text' },
  row: (id) => ({ id, age: id + 20, name: `name ${id}` }),
};

const CHANGES: Readonly<Record<string, [before: Shape, after: Shape]>> = {
  ADD: [
    BEFORE,
    {
      columns: { id: 'int', age: 'int', city: 'text', name: 'text' },
      row: (id) => ({ id, age: id + 20, city: `city ${id}`, name: `name ${id}` }),
    },
  ],
  DROP: [BEFORE, { columns: { id: 'int', name: 'text' }, row: (id) => ({ id, name: `name ${id}` }) }],
  RENAME: [
    BEFORE,
    {
      columns: { number: 'int', age: 'int', name: 'text' },
      row: (number) => ({ number, age: number + 20, name: `name ${number}` }),
    },
  ],
  // The same bytes would be read as something else.
  'another type': [
    BEFORE,
    {
      columns: { id: 'int', age: 'text', name: 'text' },
      row: (id) => ({ id, age: `${id}`, name: `name ${id}` }),
    },
  ],
  'ALTER TYPE': [
    {
      columns: { id: 'int', home: 'address' },
      types: { address: { street: 'text' } },
      row: (id) => ({ id, home: { street: `street ${id}` } }),
    },
    {
      columns: { id: 'int', home: 'address' },
      types: { address: { street: 'text', zip: 'int' } },
      row: (id) => ({ id, home: { street: `street ${id}`, zip: id } }),
    },
  ],
};

const placeOf = ({ pagingState }: CqlRequest): number =>
  pagingState === undefined ? 0 : Number(Buffer.from(pagingState).toString());

const ids = (page: number): number[] => [page * 10, page * 10 + 1];

function pageOf({ columns, row, types }: Shape, page: number): CqlResponse {
  return rows(
    columns,
    ids(page).map((id) => row(id)),
    {
      parameters: PARAMETERS,
      partitionKey: ['bucket'],
      ...(types && { types }),
      ...(page < PAGES - 1 && { pagingState: String(page + 1) }),
    },
  );
}

describe.each([4, 5] as const)('a table that changes while it is read, in v%i', (protocolVersion) => {
  for (const isPrepared of [true, false]) {
    const how = isPrepared ? 'a prepared statement' : 'a statement as text';
    for (const [what, [before, after]] of Object.entries(CHANGES)) {
      scenario(`R34 ${what}, ${how}: values belong to the columns of their page`, {}, async (world) => {
        const server = await world.server([
          when(cql(SELECT).and(({ opcode }) => opcode === 'PREPARE')).reply(
            prepared({ parameters: PARAMETERS, columns: before.columns, ...(before.types && { types: before.types }) }),
          ),
          when(cql(SELECT)).reply((request) => {
            const page = placeOf(request);
            return pageOf(page < CHANGED ? before : after, page);
          }),
        ]);
        const session = await world.session(server, { protocolVersion });
        const pages: Page[] = [];
        const read: Row[] = [];
        const query = session.query(SELECT, ['one'], { prepare: isPrepared });
        await lastValueFrom(
          query.pipe(
            tap((page) => pages.push(page)),
            concatMap((page) => page),
            tap((row) => read.push(row)),
          ),
        );
        const truth = Array.from({ length: PAGES }, (_, page) =>
          ids(page).map((id) => (page < CHANGED ? before : after).row(id)),
        );
        const plain = (list: readonly unknown[]): unknown => JSON.parse(JSON.stringify(list));
        expect(plain(read)).toEqual(truth.flat());
        // Read again, each is still what it was.
        expect(pages.map((page) => plain(page.toArray()))).toEqual(truth);
        for (const [page, { columns }] of pages.entries()) {
          expect(columns.map(({ name }) => name)).toEqual(Object.keys((page < CHANGED ? before : after).columns));
        }
        // Whoever asks now is told of the table as it is.
        const now = await lastValueFrom(
          session.execute(SELECT, ['one'], { prepare: isPrepared, pagingState: Buffer.from(String(PAGES - 1)) }),
        );
        expect(plain(now.toArray())).toEqual(truth.at(-1));
      });
    }

    scenario(`R34 DROP TABLE, ${how}: an error, and never the end`, {}, async (world) => {
      const server = await world.server([
        when(cql(SELECT).and((request) => placeOf(request) === CHANGED && request.opcode !== 'PREPARE')).reply(
          error('Invalid', { message: 'unconfigured table people' }),
        ),
        when(cql(SELECT)).reply((request) => pageOf(BEFORE, placeOf(request))),
      ]);
      const session = await world.session(server, { protocolVersion });
      const read: Row[] = [];
      const reading = lastValueFrom(
        session.query(SELECT, ['one'], { prepare: isPrepared }).pipe(
          concatMap((page) => page),
          tap((row) => read.push(row)),
        ),
      );
      await expect(reading).rejects.toMatchObject({
        name: 'ResponseError',
        kind: 'Invalid',
        pagingState: Buffer.from(String(CHANGED)),
      });
      expect(read.length).toBe(CHANGED * 2);
      await world.recovers(() => world.read(session));
    });
  }
});
