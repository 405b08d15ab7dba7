import { describe, expect, it } from 'vitest';
import { markersOf, tokensOf } from '../../../src/testing/server/markers.js';

describe('markersOf', () => {
  it.each<[string, string[]]>([
    ['SELECT * FROM t', []],
    ['SELECT * FROM t WHERE id = ? AND "Name" >= ? LIMIT ?', ['id', 'Name', '[limit]']],
    ['SELECT * FROM t WHERE id IN ? AND c IN (?, ?)', ['id', 'arg1', 'arg2']],
    ['SELECT * FROM t WHERE id = :Key AND c = :"Key"', ['key', 'Key']],
    ['INSERT INTO ks.t (a, "B", c) VALUES (?, ?, ?)', ['a', 'B', 'c']],
    ['INSERT INTO t (a, b, c) VALUES (1, toTimestamp(?), ?) USING TTL ?', ['b', 'c', 'arg2']],
    ["INSERT INTO t (a, b) VALUES ({'x': 1, 'y': ?}, [?])", ['a', 'b']],
    ['UPDATE t SET v = ?, n = n + ? WHERE id=?', ['v', 'arg1', 'id']],
    ["SELECT * FROM t WHERE a = '?' AND b = ? -- and ?\n /* ? */ AND c = ?", ['b', 'c']],
    ['SELECT (int) ? FROM t WHERE token(id) > ?', ['arg0', 'arg1']],
  ])('of %s', (cql, names) => {
    expect(markersOf(cql)).toEqual(names);
  });
});

describe('tokensOf', () => {
  it('splits qualified names, and neither numbers nor UUIDs', () => {
    const cql = 'SELECT ks.t.c FROM "k.s".t WHERE id = f47ac10b-58cc-4372-a567-0e02b2c3d479 AND x = -1.5';
    const id = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
    expect(tokensOf(cql).slice(1)).toEqual([
      'ks',
      '.',
      't',
      '.',
      'c',
      'FROM',
      '"k.s"',
      '.',
      't',
      'WHERE',
      'id',
      '=',
      id,
      'AND',
      'x',
      '=',
      '-1.5',
    ]);
  });
});
