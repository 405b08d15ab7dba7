import { concatMap, delay, ignoreElements, map, merge, of, tap } from 'rxjs';
import {
  cql,
  fakeServer,
  marbles,
  opcode,
  rawResponse,
  rows,
  sessionOf,
  supported,
  when,
  withHeader,
} from 'rxcql/testing';
import { describe, it } from 'vitest';

const GRACEFUL = { GRACEFUL_DISCONNECT: ['true'] };
const farewell = Buffer.from([0, 19, ...Buffer.from('GRACEFUL_DISCONNECT')]);
const goodbye = withHeader(rawResponse('EVENT', farewell), { streamId: -1 });

/** On a slow query over the third connection, the server says that it is going to close that. */
const rules = [
  when(opcode('OPTIONS')).reply(supported(GRACEFUL)),
  when(cql('slow'))
    .delay(5)
    .reply(goodbye)
    .delay(20)
    .reply(rows({ v: 'text' }, [['slow']])),
  when(cql('quick')).reply(rows({ v: 'text' }, [['quick']])),
];

describe('a server that is going to close a connection', () => {
  it('answers what is in flight; what is new goes out on another connection', () => {
    marbles(({ expectObservable }) => {
      const server = fakeServer(rules);
      const session = sessionOf(server, { schemaMetadata: false });
      const slow = session.execute('slow');
      const quick = of(0).pipe(
        delay(10),
        concatMap(() => session.execute('quick')),
      );
      const both = merge(slow, quick).pipe(map((page) => [...page].map(({ v }) => v as string).join()));
      expectObservable(both).toBe('10ms q 14ms (s|)', { q: 'quick', s: 'slow' });
      let connections: number[] = [];
      const used = server.requests.pipe(
        tap(
          ({ cql: text, connection }) =>
            (text === 'slow' || text === 'quick') && (connections = [...connections, connection]),
        ),
        ignoreElements(),
      );
      const different = merge(
        used,
        of(0).pipe(
          delay(100),
          map(() => new Set(connections).size),
        ),
      );
      expectObservable(different, '^ 150ms !').toBe('100ms n', { n: 2 });
    });
  });

  it('is asked to say so on each connection, if it can', () => {
    marbles(({ expectObservable }) => {
      for (const [offers, count] of [
        [GRACEFUL, 2],
        [{}, 0],
      ] as const) {
        const server = fakeServer([when(opcode('OPTIONS')).reply(supported(offers))]);
        const session = sessionOf(server, { schemaMetadata: false });
        let registered = 0;
        server.requests.subscribe(({ opcode: name, body }) => {
          if (name === 'REGISTER' && Buffer.from(body).includes('GRACEFUL_DISCONNECT')) registered++;
        });
        expectObservable(
          session.execute('quick').pipe(
            delay(50),
            map(() => registered),
          ),
        ).toBe('50ms (n|)', { n: count });
      }
    });
  });
});
