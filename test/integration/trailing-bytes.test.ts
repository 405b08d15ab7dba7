import { lastValueFrom } from 'rxjs';
import { createSession, Duration, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytes } from '../codec/support.js';
import { sharedNode } from './shared-node.js';

// What a server refuses to store, it never sends: where it wants a value to end with its last element, so do we. Where it does
// not, we read what it has stored.

const KEYSPACE = 'rxcql_trailing';

/** Of each type, a value in bytes. */
const VALUES: readonly (readonly [name: string, type: string, digits: string])[] = [
  ['a_list', 'list<int>', '00000001 00000004 00000007'],
  ['frozen_list', 'frozen<list<int>>', '00000001 00000004 00000007'],
  ['a_set', 'set<int>', '00000001 00000004 00000007'],
  ['a_map', 'map<int, int>', '00000001 00000004 00000007 00000004 00000008'],
  ['a_tuple', 'tuple<int, int>', '00000004 00000007 00000004 00000008'],
  ['a_udt', 'frozen<pair>', '00000004 00000007 00000004 00000008'],
  ['vector_of_fixed', 'vector<int, 1>', '00000007'],
  ['vector_of_others', 'vector<text, 1>', '0161'],
];

describe('bytes behind the end of a value, on a real Cassandra,', () => {
  let session: Session;
  const run = (...args: Parameters<Session['execute']>) => lastValueFrom(session.execute(...args));

  beforeAll(async () => {
    session = createSession(sharedNode);
    await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${KEYSPACE}`);
    await run('CREATE TYPE pair (a int, b int)');
    await run(
      `CREATE TABLE t (k int PRIMARY KEY, ${VALUES.map(([name, type]) => `${name} ${type}`).join(', ')}, a_duration duration)`,
    );
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
    await lastValueFrom(session.close());
  });

  // Bytes that are bound to a statement that is not prepared are sent as they are.
  const insert = (name: string, digits: string) =>
    run(`INSERT INTO t (k, ${name}) VALUES (0, ?)`, [bytes(digits)], { prepare: false });

  it.each(VALUES)('are refused: %s', async (name, _, digits) => {
    await insert(name, digits);
    for (const tail of ['00', 'ffffffff', '00000004 00000009']) {
      await expect(insert(name, digits + tail)).rejects.toThrow(/extraneous bytes after|remaining data after/);
    }
  });

  it('are stored with a duration, and ignored when it is read', async () => {
    await insert('a_duration', '020406 ffff');
    expect((await run('SELECT a_duration FROM t WHERE k = 0')).one()).toEqual({ a_duration: new Duration(1, 2, 3n) });
  });
});
