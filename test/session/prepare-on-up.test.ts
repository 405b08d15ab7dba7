import { concatMap, delay, EMPTY, NEVER, of, Subject, tap, throwError, timer } from 'rxjs';
import { fakeServer, marbles, opcode, prepared, sessionOf, when, voidResult } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { prepareOnUp, type PrepareOnUpOptions } from '../../src/session/prepare-on-up.js';
import type { Node } from '../../src/cluster/node.js';
import type { PreparedStatement } from '../../src/session/prepared.js';
import type { Connection } from '../../src/wire/connection.js';
import { nodeOf } from '../support/clusters.js';

const node = nodeOf(1);
const connection = {} as unknown as Connection;
const statements = Array.from({ length: 25 }, (_, i) => ({ cql: String(i) }) as unknown as PreparedStatement);
const options: PrepareOnUpOptions = {
  statements,
  connectionTo: () => connection,
  prepare: () => EMPTY,
  random: () => 0.5,
};

describe('prepareOnUp()', () => {
  it('has at most ten at a time prepared, after a wait of up to a second', () => {
    marbles(({ hot, expectObservable, flush }) => {
      const begun: [number, string][] = [];
      let time = 0;
      const nodes = hot<Node>('-n', { n: node });
      const prepare: PrepareOnUpOptions['prepare'] = (_, { cql }) => {
        begun.push([time, cql]);
        return timer(10).pipe(tap(() => (time += 1)));
      };
      expectObservable(prepareOnUp(nodes, { ...options, prepare })).toBe('-');
      flush();
      expect(begun.length).toBe(25);
      // Ten before anything is done, and one for each that is.
      expect(begun.map(([done]) => done)).toEqual([
        ...Array.from({ length: 10 }, () => 0),
        ...Array.from({ length: 15 }, (_, i) => i + 1),
      ]);
    });
  });

  it('goes on after one that cannot be prepared, and asks a node that is away again for nothing', () => {
    marbles(({ hot, expectObservable, flush }) => {
      let asked = 0;
      const nodes = hot<Node>('-n-m|', { n: node, m: nodeOf(2) });
      const prepare = () => (asked++ === 0 ? throwError(() => new Error('no')) : of(1));
      const connectionTo = ({ hostId }: Node) => (hostId === node.hostId ? connection : undefined);
      expectObservable(prepareOnUp(nodes, { ...options, prepare, connectionTo })).toBe('503ms |');
      flush();
      expect(asked).toBe(25);
    });
  });

  it('does nothing for no node, and ends what it does when it is left', () => {
    let isLeft = false;
    const nodes = new Subject<Node>();
    marbles(({ expectObservable }) => {
      expectObservable(prepareOnUp(EMPTY, options)).toBe('|');
      expectObservable(prepareOnUp(NEVER, options)).toBe('-');
    });
    const preparing = prepareOnUp(of(node), {
      ...options,
      random: () => 0,
      prepare: () => NEVER.pipe(tap({ unsubscribe: () => (isLeft = true) })),
    });
    marbles(({ expectObservable, flush }) => {
      expectObservable(preparing, '^--!').toBe('-');
      flush();
    });
    expect([isLeft, nodes.observed]).toEqual([true, false]);
  });

  it('is what a session does when a node that was lost is back', () => {
    marbles(({ expectObservable }) => {
      const server = fakeServer([
        when(opcode('PREPARE')).reply(prepared({ parameters: { v: 'int' } })),
        when(opcode('EXECUTE')).reply(voidResult()),
      ]);
      const session = sessionOf(server, { schemaMetadata: false });
      const asked: string[] = [];
      const done = session.execute('INSERT INTO t (v) VALUES (?)', [1]).pipe(
        tap(() => server.requests.subscribe((request) => asked.push(request.opcode))),
        tap(() => server.disconnect()),
        // It is connected to again after 125 ms, and asked 500 later.
        delay(700),
        concatMap(() => of(asked.filter((each) => each === 'PREPARE').length)),
      );
      expectObservable(done).toBe('700ms (n|)', { n: 2 });
    });
  });
});
