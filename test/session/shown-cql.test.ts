import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownCql } from '../../src/session/shown-cql.js';

describe('a statement that is shown', () => {
  it.each([
    ['SELECT a, b FROM t1 WHERE id = ?', 'SELECT a, b FROM t1 WHERE id = ?'],
    ["INSERT INTO t (a) VALUES ('it''s secret')", 'INSERT INTO t (a) VALUES (?)'],
    ["CREATE ROLE ada WITH PASSWORD = 'secret' AND LOGIN = true", 'CREATE ROLE ada WITH PASSWORD = ? AND LOGIN = true'],
    ['SELECT * FROM t WHERE id = 7d444840-9dc0-11d1-b245-5ffdce74fad2', 'SELECT * FROM t WHERE id = ?'],
    ['SELECT * FROM t WHERE id = ffffffff-9dc0-11d1-b245-5ffdce74fad2 AND x=1', 'SELECT * FROM t WHERE id = ? AND x=?'],
    ['UPDATE t SET a = 0xCAFE, b = -1.5e-7, c = 1h30m WHERE k = 12', 'UPDATE t SET a = ?, b = -?, c = ? WHERE k = ?'],
    ['SELECT "Quoted 1""2" FROM "T"', 'SELECT "Quoted 1""2" FROM "T"'],
    [
      'CREATE FUNCTION f() RETURNS int LANGUAGE java AS $$ return 42; $$',
      'CREATE FUNCTION f() RETURNS int LANGUAGE java AS ?',
    ],
    ['SELECT 1 -- my secret\n  // another\n/* a third */ FROM t', 'SELECT ? FROM t'],
    ["SELECT * FROM t WHERE a = 'not closed", 'SELECT * FROM t WHERE a = ?'],
    ['SELECT /* not closed', 'SELECT'],
    ['SELECT\t\u0007\u001b[31m a', 'SELECT [? a'],
  ])('%j is %j', (cql, shown) => {
    expect(shownCql(cql)).toBe(shown);
  });

  it('has at most 500 characters', () => {
    const shown = shownCql(`SELECT ${'a, '.repeat(1_000)}`);
    expect(shown.length).toBe(500);
    expect(shown.endsWith('…')).toBe(true);
    expect(shownCql(`SELECT ${'/* */'.repeat(1_000)} a FROM t`)).toBe('SELECT…');
  });

  it('never has what stands between quotes, wherever it is cut', () => {
    const text = fc.string({ maxLength: 3_000 }).map((value) => `'${value.replaceAll("'", "''")}SECRET'`);
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
        expect(shownCql(`INSERT INTO t (a) VALUES (${texts.join(', ')})`)).not.toContain('SECRET');
      }),
    );
  });

  it('takes no longer the more there is of one character', () => {
    const started = process.cpuUsage().user;
    for (const part of ["'", '"', '$', '$$', '/', '/*', '--', "''", 'a', '1', '1.', '-', 'ffffffff-']) {
      shownCql(part.repeat(5_000_000 / part.length));
    }
    // Microseconds, of the 65 MB: reading all of it once would take longer.
    expect(process.cpuUsage().user - started).toBeLessThan(1_000_000);
  });
});
