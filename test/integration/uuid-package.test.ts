import { lastValueFrom } from 'rxjs';
import { BindError, createSession, type Page, type Session } from 'rxcql';
import * as uuid from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';

// UUIDs are text or bytes: what the `uuid` package makes is taken, and it takes what is read.

const KEYSPACE = 'rxcql_test_uuid';

describe('with the uuid package, on a real Cassandra', () => {
  let session: Session;

  const run = (...args: Parameters<Session['execute']>): Promise<Page> => lastValueFrom(session.execute(...args));

  beforeAll(async () => {
    session = createSession(sharedNode);
    await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${KEYSPACE}`);
    await run('CREATE TABLE t (id uuid PRIMARY KEY, t timeuuid, ids list<uuid>)');
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE ${KEYSPACE}`);
    await lastValueFrom(session.close());
  });

  it.each([
    ['v4', uuid.v4()],
    ['v7', uuid.v7()],
    ['v5', uuid.v5('rxcql', uuid.v5.URL)],
    ['NIL', uuid.NIL],
    ['MAX', uuid.MAX],
  ])('%s, as text and as bytes', async (_, id) => {
    const bytes = uuid.parse(id);
    await run('INSERT INTO t (id, ids) VALUES (?, ?)', [id, [id, bytes, Buffer.from(bytes)]]);
    const select = 'SELECT id, ids, uuid_as_blob(id) AS blob FROM t WHERE id = ?';
    const { id: read, ids, blob } = (await run(select, [bytes])).one() as { id: string; ids: string[]; blob: Buffer };
    expect([read, ...ids]).toEqual([id, id, id, id]);
    expect(uuid.validate(read)).toBe(true);
    expect(uuid.stringify(blob)).toBe(id);
  });

  it('v1 is a timeuuid, and its time is what the server says it is', async () => {
    const time = Date.UTC(2026, 10, 21, 12, 34, 56, 789);
    const t = uuid.v1({ msecs: time });
    await run('INSERT INTO t (id, t) VALUES (?, ?)', [t, uuid.parse(t)]);
    const select = 'SELECT t, to_timestamp(t) AS time, timeuuid_as_blob(t) AS blob FROM t WHERE id = ?';
    const row = (await run(select, [t])).one() as { t: string; time: Date; blob: Buffer };
    expect(row).toMatchObject({ t, time: new Date(time) });
    expect(uuid.version(row.t)).toBe(1);
    expect(uuid.stringify(row.blob)).toBe(t);
  });

  it('what the server makes is valid, of the right version', async () => {
    const { now, random } = (await run('SELECT now() AS now, uuid() AS random FROM system.local')).one() as Record<
      string,
      string
    >;
    expect([uuid.version(now!), uuid.version(random!)]).toEqual([1, 4]);
  });

  it.each([
    ['v4', uuid.v4()],
    ['v7', uuid.v7()],
    ['v6', uuid.v6()],
  ])('%s is no timeuuid', async (_, id) => {
    const insert = 'INSERT INTO t (id, t) VALUES (?, ?)';
    await expect(run(insert, [id, id])).rejects.toThrow(BindError);
    await expect(run(insert, [id, uuid.parse(id)])).rejects.toThrow('"t" (timeuuid) cannot take the value');
    // Neither does the server take it.
    await expect(run(`INSERT INTO t (id, t) VALUES (${id}, ${id})`)).rejects.toThrow();
  });
});
