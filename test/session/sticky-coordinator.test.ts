import { concatMap, delay, ignoreElements, timer } from 'rxjs';
import { roundRobin, type SessionOptions } from 'rxcql';
import { cql, error, fakeServer, marbles, node, type Rule, rows, sessionOf, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';

const PAGES = 6;

/** Six pages. */
const paging: Rule = when(cql('SELECT v FROM t')).reply(({ pagingState }) => {
  const at = pagingState === undefined ? 0 : Number(pagingState.toString());
  return rows({ v: 'int' }, [[at]], at + 1 < PAGES ? { pagingState: String(at + 1) } : {});
});

const NODES = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

/** Reads all pages of some queries, by a policy that would go elsewhere each time. Emits who gave them. */
function coordinators(queries: number, rules: readonly Rule[], options: Partial<SessionOptions> = {}): string[][] {
  const server = fakeServer([...rules, paging], { nodes: NODES.map((host) => ({ host })) });
  const found: string[][] = [];
  marbles(
    ({ expectObservable }) => {
      const session = sessionOf(server, { schemaMetadata: false, loadBalancing: roundRobin(), ...options });
      const ready = session.connect().pipe(delay(100));
      for (let i = 0; i < queries; i++) {
        const own: string[] = [];
        found.push(own);
        ready
          .pipe(
            concatMap(() => session.query('SELECT v FROM t')),
            concatMap((page) => (own.push(page.coordinator), page)),
          )
          .subscribe();
      }
      expectObservable(timer(1_000).pipe(ignoreElements())).toBe('1s |');
    },
    { maxTime: 2_000 },
  );
  return found;
}

const shapeOf = (given: readonly string[]): number[] => {
  const names = [...new Set(given)];
  return given.map((name) => names.indexOf(name));
};

describe('the pages of one query', () => {
  it('come from the node that gave the first; other queries go elsewhere', () => {
    const all = coordinators(3, []);
    expect(all.map(shapeOf)).toEqual([0, 0, 0].map(() => [0, 0, 0, 0, 0, 0]));
    expect(new Set(all.map(([first]) => first)).size).toBe(3);
  });

  it('come from another node, and go on to, when that one has no more', () => {
    const third = cql('SELECT v FROM t').and(({ pagingState }) => pagingState?.toString() === '2');
    let isFirst = true;
    const overloaded = when(third.and(() => isFirst && !(isFirst = false))).reply(error('Overloaded'));
    const [own] = coordinators(1, [overloaded]);
    expect(shapeOf(own!)).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('come from another node when the connection is lost', () => {
    const third = cql('SELECT v FROM t').and(({ pagingState }) => pagingState?.toString() === '2');
    let isFirst = true;
    const lost = when(third.and(() => isFirst && !(isFirst = false))).disconnect('reset');
    const [own] = coordinators(1, [lost]);
    expect(shapeOf(own!)).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('come from the only node that a query may be sent to', () => {
    const server = fakeServer([when(node('127.0.0.1')), paging], { nodes: NODES.map((host) => ({ host })) });
    const own: string[] = [];
    marbles(
      ({ expectObservable }) => {
        const session = sessionOf(server, { schemaMetadata: false, loadBalancing: roundRobin() });
        session
          .connect()
          .pipe(
            delay(100),
            concatMap(() => session.query('SELECT v FROM t', [], { node: '127.0.0.2:9042' })),
            concatMap((page) => (own.push(page.coordinator), page)),
          )
          .subscribe();
        expectObservable(timer(1_000).pipe(ignoreElements())).toBe('1s |');
      },
      { maxTime: 2_000 },
    );
    expect(own).toEqual(Array.from({ length: PAGES }, () => '127.0.0.2:9042'));
  });
});
