import { lastValueFrom } from 'rxjs';
import { createSession, openPagingState, type Page, ResponseError, sealPagingState, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/served-session.js';
import { sharedNode } from './shared-node.js';

// A paging state is a position in a partition, without any proof: Cassandra 5.0 takes many that it has never made. What it does
// not take is an error of its own kind, asked for once; what it takes is a page. Nothing else ends, and nothing hangs.

describe.each([5, 4] as const)('paging states on a real Cassandra, protocol v%i', (protocolVersion) => {
  const keyspace = `rxcql_states_v${protocolVersion}`;
  const BY_INT = `SELECT * FROM ${keyspace}.by_int`;
  const BY_TEXT = `SELECT * FROM ${keyspace}.by_text`;
  let session: Session;
  let other: Session;

  const page = (cql: string, pagingState?: Uint8Array, from = session): Promise<Page> =>
    lastValueFrom(from.execute(cql, [], { pageSize: 5, ...(pagingState && { pagingState }) }));
  const failure = (cql: string, pagingState: Uint8Array): Promise<Error & Record<string, unknown>> =>
    failureOf(session.execute(cql, [], { pageSize: 5, pagingState }));

  beforeAll(async () => {
    session = createSession({ ...sharedNode, protocolVersion });
    other = createSession({ ...sharedNode, protocolVersion: protocolVersion === 5 ? 4 : 5 });
    await page(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await page(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await page(`CREATE TABLE ${keyspace}.by_int (id int, c int, PRIMARY KEY (id, c))`);
    await page(`CREATE TABLE ${keyspace}.by_text (id text PRIMARY KEY)`);
    for (let i = 0; i < 12; i++) {
      await page(`INSERT INTO ${keyspace}.by_int (id, c) VALUES (1, ${i})`);
      await page(`INSERT INTO ${keyspace}.by_text (id) VALUES ('key ${i}')`);
    }
  });

  afterAll(async () => {
    await page(`DROP KEYSPACE ${keyspace}`);
    await lastValueFrom(session.close());
    await lastValueFrom(other.close());
  });

  it('that are none are refused by the server, and the session goes on', async () => {
    const { pagingState: state } = await page(BY_INT);
    for (const wrong of [Buffer.alloc(0), Buffer.from('no paging state'), state!.subarray(0, 5)]) {
      const error = await failure(BY_INT, wrong);
      expect(error).toBeInstanceOf(ResponseError);
      expect(error).toMatchObject({
        kind: 'ProtocolError',
        message: 'Invalid value for the paging state',
        attempts: 1,
      });
      expect(error['pagingState']).toEqual(wrong);
    }
    expect((await page(BY_INT, state)).rowCount).toBe(5);
  });

  it('with a byte that was changed are refused, or give a page of the query', async () => {
    const { pagingState: state } = await page(BY_INT);
    let refused = 0;
    for (let i = 0; i < state!.length; i++) {
      const changed = Buffer.from(state!);
      changed[i]! ^= 0xff;
      const outcome = await page(BY_INT, changed).catch((error: unknown) => error as Error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(ResponseError);
        refused++;
      } else {
        for (const row of outcome.toArray()) expect(Object.keys(row)).toEqual(['id', 'c']);
      }
    }
    // The others show why a state that was out of one's hands has to be sealed.
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(state!.length);
  });

  it('of another query are refused, or give a page of the one that is asked', async () => {
    const states = [await page(BY_INT), await page(BY_TEXT)].map(({ pagingState }) => pagingState!);
    for (const [cql, state] of [
      [BY_INT, states[1]!],
      [BY_TEXT, states[0]!],
    ] as const) {
      // prettier-ignore
      const outcome = await page(cql, state).catch((error: unknown) => error as Error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ResponseError);
      else expect(outcome.columns.map(({ table }) => table)).toContain(cql === BY_INT ? 'by_int' : 'by_text');
    }
  });

  it('of the other protocol version are refused, or are the same place', async () => {
    const { pagingState: state } = await page(BY_INT);
    const outcome = await page(BY_INT, state, other).catch((error: unknown) => error as Error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ResponseError);
    else expect(outcome.toArray()).toEqual((await page(BY_INT, state)).toArray());
  });

  it('that were sealed go on where they were, and are not taken when they were changed', async () => {
    const secret = 'a secret of sixteen bytes or more';
    const first = await page(BY_INT);
    const sealed = sealPagingState(first.pagingState!, secret, BY_INT);
    const second = await page(BY_INT, openPagingState(sealed, secret, BY_INT));
    expect(second.toArray().map(({ c }) => c as number)).toEqual([5, 6, 7, 8, 9]);
    expect(() => openPagingState(sealed, secret, BY_TEXT)).toThrow('begin with the first page');
  });
});
