import { describe, expect, it } from 'vitest';
import { statementKind } from '../../src/session/statement-kind.js';

describe('the kind of a statement', () => {
  it.each([
    ['SELECT * FROM t', 'select'],
    ['\n\tselect', 'select'],
    ['-- INSERT\nSELECT', 'select'],
    ['// INSERT\nSELECT', 'select'],
    ['/* INSERT * / ** */ /**/ SELECT', 'select'],
    ['CREATE TABLE', 'ddl'],
    ['drop keyspace', 'ddl'],
    ['TRUNCATE t', 'ddl'],
    ['INSERT INTO t', 'other'],
    ['-- to\n use ks', 'use'],
    ['SELECTED', 'other'],
    ['/* SELECT', 'other'],
    ['', 'other'],
    ['(', 'other'],
  ])('of %j is %s', (cql, kind) => {
    expect(statementKind(cql)).toBe(kind);
  });

  it('is found in no time, whatever the text', () => {
    for (const text of ['/*'.repeat(50_000), '/***'.repeat(50_000), '-'.repeat(100_000), ' '.repeat(100_000)]) {
      const start = performance.now();
      statementKind(text);
      expect(performance.now() - start).toBeLessThan(200);
    }
  });
});
