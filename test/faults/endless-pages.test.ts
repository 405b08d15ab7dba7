import { lastValueFrom, take, toArray } from 'rxjs';
import { type CqlRequest, cql, rows, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { amount } from './long.js';
import { scenario } from './oracles.js';
import { pause } from './waiting.js';
import { PAGED, readToTheEnd, valuesOf } from './paged.js';

const V = { v: 'text' };

/** Where a page begins, as a number. */
const placeOf = ({ pagingState }: CqlRequest): number =>
  pagingState === undefined ? 0 : Number(Buffer.from(pagingState).toString());

// A million pages on a flat stack and heap, without a network: S15 in test/operators/pages.test.ts.
describe.each([4, 5] as const)('pages without rows, in v%i', (protocolVersion) => {
  const EMPTY = amount(3_000, 1_000_000);

  scenario('R35 are gone through, up to the row behind them', { timeout: 600_000 }, async (world) => {
    const server = await world.server([
      when(cql(PAGED)).reply((request) => {
        const place = placeOf(request);
        return place < EMPTY ? rows(V, [], { pagingState: String(place + 1) }) : rows(V, [['the row']]);
      }),
    ]);
    const session = await world.session(server, { protocolVersion });
    expect(await readToTheEnd(session.query(PAGED))).toEqual({ read: ['the row'], error: undefined });
  });

  scenario('R35 that never end can be left', {}, async (world) => {
    let asked = 0;
    const server = await world.server([
      when(cql(PAGED)).reply((request) => (asked++, rows(V, [], { pagingState: String(placeOf(request) + 1) }))),
    ]);
    const session = await world.session(server, { protocolVersion });
    expect((await lastValueFrom(session.query(PAGED).pipe(take(100), toArray()))).length).toBe(100);
    await pause(20);
    expect(asked).toBe(100);
    await world.recovers(() => world.read(session));
  });

  scenario('R35 that begin where the last one began end in an error, after a thousand', {}, async (world) => {
    let asked = 0;
    const server = await world.server([when(cql(PAGED)).reply(() => (asked++, rows(V, [], { pagingState: 'here' })))]);
    const session = await world.session(server, { protocolVersion });
    const { read, error } = await readToTheEnd(session.query(PAGED));
    expect(read).toEqual([]);
    expect(error!.message).toMatch(/answered 1000 times in a row with a page without rows and the same paging state/);
    expect(error).toMatchObject({ name: 'ProtocolError', code: 'ERR_RXCQL_PROTOCOL' });
    expect((error!['pagingState'] as Buffer).toString()).toBe('here');
    // The first page has another place, and then there are a thousand, and the one that is too many.
    expect(asked).toBe(1_002);
    await world.recovers(() => world.read(session));
  });

  scenario('R35 that begin where the last one began may come to an end, with rows between them', {}, async (world) => {
    let asked = 0;
    const server = await world.server([
      when(cql(PAGED)).reply(() => {
        asked++;
        if (asked === 2_001) return rows(V, [['the last']]);
        return rows(V, asked % 1_000 === 0 ? [['one']] : [], { pagingState: 'here' });
      }),
    ]);
    const session = await world.session(server, { protocolVersion });
    expect(await lastValueFrom(valuesOf(session.query(PAGED)).pipe(toArray()))).toEqual(['one', 'one', 'the last']);
  });
});
