import { describe, expect, it } from 'vitest';
import { parseSelect } from '../../src/etl/parse-select.js';
import { queryStatement } from '../../src/etl/scan-statement.js';
import { RING_START } from '../../src/etl/token-range.js';

const SHAPE = { keyspace: 'ks', table: 't', columns: [], partitionKey: ['id', 'Day'] };
const TOKEN = 'token(id, "Day")';
const cqlOf = (text: string, start = 0n, end = 5n): string =>
  queryStatement(SHAPE, parseSelect(text)).cqlFor(start, end);

describe('a SELECT that is asked for a range', () => {
  it.each([
    ['SELECT * FROM ks.t', `SELECT * FROM ks.t WHERE ${TOKEN} > ? AND ${TOKEN} <= ?`],
    ['select a from t;', `select a from t WHERE ${TOKEN} > ? AND ${TOKEN} <= ?`],
    [
      "SELECT a FROM t WHERE v = 'WHERE' ALLOW FILTERING",
      `SELECT a FROM t WHERE ${TOKEN} > ? AND ${TOKEN} <= ? AND v = 'WHERE' ALLOW FILTERING`,
    ],
    [
      'SELECT a FROM t PER PARTITION LIMIT 1 -- the newest',
      `SELECT a FROM t WHERE ${TOKEN} > ? AND ${TOKEN} <= ? PER PARTITION LIMIT 1`,
    ],
    [
      'SELECT max(where_from), "FROM" FROM /* FROM x */ "KS"."T" ALLOW FILTERING',
      `SELECT max(where_from), "FROM" FROM /* FROM x */ "KS"."T" WHERE ${TOKEN} > ? AND ${TOKEN} <= ? ALLOW FILTERING`,
    ],
  ])('%s', (text, expected) => expect(cqlOf(text)).toBe(expected));

  it('has no condition where the ring begins, and none where it ends', () => {
    expect(cqlOf('SELECT a FROM t', RING_START)).toBe(`SELECT a FROM t WHERE ${TOKEN} <= ?`);
    expect(cqlOf('SELECT a FROM t', 1n, RING_START)).toBe(`SELECT a FROM t WHERE ${TOKEN} > ?`);
    expect(cqlOf('SELECT a FROM t', RING_START, RING_START)).toBe('SELECT a FROM t');
    expect(cqlOf('SELECT a FROM t WHERE v = 1', RING_START, RING_START)).toBe('SELECT a FROM t WHERE v = 1');
  });

  it('says its table, and whether columns have other names', () => {
    expect(parseSelect('SELECT a FROM Ks."T"')).toMatchObject({ keyspace: 'ks', table: 'T', hasAliases: false });
    expect(parseSelect('SELECT v AS id FROM t')).toMatchObject({ keyspace: undefined, table: 't', hasAliases: true });
  });

  it.each([
    ['SELECT a FROM t LIMIT 5', 'LIMIT'],
    ['SELECT JSON a FROM t', 'JSON'],
    ['SELECT a FROM t WHERE v = ?', 'a marker'],
    ['SELECT a FROM t WHERE v = :v', 'a marker'],
    ['SELECT a', 'no FROM'],
    ['SELECT a FROM', 'no FROM'],
  ])('is refused: %s', (text, why) => expect(() => parseSelect(text)).toThrow(why));
});
