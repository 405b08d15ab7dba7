import { lastValueFrom } from 'rxjs';
import { createSession, Decimal, Duration, type Page, type Session } from 'rxcql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode } from './shared-node.js';

// Which elements of a vector have their lengths before them, only Cassandra knows: the specification does not say. What it
// makes of CQL text is read by us; what we write it reads, and tells as JSON.

const UUID = '11111111-1111-1111-8111-111111111111';

/** Of every type of element: one as CQL text, and as a value. */
const ELEMENTS: readonly (readonly [type: string, literal: string, value: unknown])[] = [
  ['ascii', "'b'", 'b'],
  ['bigint', '-7', -7n],
  ['blob', '0xff00', Buffer.from('ff00', 'hex')],
  ['boolean', 'true', true],
  ['date', "'2020-01-02'", '2020-01-02'],
  ['decimal', '-1.50', new Decimal(-150n, 2)],
  ['double', '1.5', 1.5],
  ['duration', '1mo2d3ns', new Duration(1, 2, 3n)],
  ['int', '-7', -7],
  ['inet', "'127.0.0.1'", '127.0.0.1'],
  ['smallint', '-7', -7],
  ['text', `'${'ä'.repeat(100)}'`, 'ä'.repeat(100)],
  ['time', "'01:02:03'", '01:02:03.000000000'],
  ['timestamp', '5', new Date(5)],
  ['timeuuid', UUID, UUID],
  ['tinyint', '-7', -7],
  ['uuid', UUID, UUID],
  ['varint', '128', 128n],
  ['list<int>', '[1, 2]', [1, 2]],
  ['set<text>', "{'a'}", new Set(['a'])],
  ['map<text, int>', "{'a': 1}", new Map([['a', 1]])],
  ['tuple<int, text>', "(1, 'a')", [1, 'a']],
  ['vector<float, 2>', '[1, 2]', Float32Array.of(1, 2)],
  ['vector<text, 2>', "['a', 'b']", ['a', 'b']],
  ['vector<vector<int, 2>, 1>', '[[1, 2]]', [[1, 2]]],
];
const names = ELEMENTS.map((_, i) => `v${i}`);

describe.each([4, 5] as const)('vectors on a real Cassandra, protocol v%i', (protocolVersion) => {
  const keyspace = `rxcql_vectors_v${protocolVersion}`;
  let session: Session;

  const run = (...args: Parameters<Session['execute']>): Promise<Page> => lastValueFrom(session.execute(...args));

  beforeAll(async () => {
    session = createSession({ ...sharedNode, protocolVersion });
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await run(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await run(`USE ${keyspace}`);
    const columns = ELEMENTS.map(([type], i) => `${names[i]} vector<${type}, 2>`);
    await run(`CREATE TABLE vectors (k int PRIMARY KEY, floats vector<float, 3>, ${columns.join(', ')})`);
    const literals = ELEMENTS.map(([, literal]) => `[${literal}, ${literal}]`);
    await run(`INSERT INTO vectors (k, floats, ${names.join(', ')}) VALUES (0, [1.5, -2, 0], ${literals.join(', ')})`);
    await run(`INSERT INTO vectors (k, floats, ${names.join(', ')}) VALUES (1, ?${', ?'.repeat(names.length)})`, [
      [1.5, -2, 0],
      ...ELEMENTS.map(([, , value]) => [value, value]),
    ]);
  });

  afterAll(async () => {
    await run(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await lastValueFrom(session.close());
  });

  it('are read as Cassandra makes them of CQL text', async () => {
    const row = (await run('SELECT * FROM vectors WHERE k = 0')).one();
    expect(row['floats']).toEqual(Float32Array.of(1.5, -2, 0));
    for (const [i, [type, , value]] of ELEMENTS.entries()) expect(row[names[i]!], type).toEqual([value, value]);
  });

  it('are written as Cassandra reads them', async () => {
    const text = async (key: number): Promise<string> => {
      const json = (await run(`SELECT JSON floats, ${names.join(', ')} FROM vectors WHERE k = ${key}`)).one();
      return String(json['[json]']);
    };
    expect(await text(1)).toBe(await text(0));
  });

  it('say their type with their dimensions', async () => {
    const { columns } = await run('SELECT floats FROM vectors WHERE k = 0');
    expect(columns).toMatchObject([{ name: 'floats', type: 'vector<float, 3>' }]);
  });
});
