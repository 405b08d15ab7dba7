import { catchError, ignoreElements, map, merge, type Observable, of, switchMap, take } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import {
  authenticate,
  chunked,
  cql,
  error,
  event,
  fakeServer,
  type FakeServer,
  opcode,
  rows,
  times,
  when,
} from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { lz4 } from '../../../src/codec/lz4.js';
import { Opcode } from '../../../src/codec/envelope.js';
import { writeQuery, writeRegister } from '../../../src/codec/requests.js';
import type { Writer } from '../../../src/codec/writer.js';
import type { CqlError } from '../../../src/errors.js';
import { loginOf } from '../../../src/session/auth-options.js';
import { connect } from '../../../src/wire/connect.js';
import type { Connection } from '../../../src/wire/connection.js';
import { virtualOptions } from '../../support/fake-client.js';

// The driver's own connection, handshake and heartbeat, without a port and without waiting.

const marbles = (specification: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(specification);

const ENDPOINT = { host: '127.0.0.1', port: 9042 };

const REGISTER = { opcode: Opcode.REGISTER, write: (writer: Writer) => writeRegister(writer, ['STATUS_CHANGE']) };

type Options = Parameters<typeof virtualOptions>[1];

const open = (server: Parameters<typeof virtualOptions>[0], options?: Options): Observable<Connection> =>
  connect(ENDPOINT, virtualOptions(server, options));

const ask = (connection: Connection, text: string, timeout = 1_000) =>
  connection.send(
    { opcode: Opcode.QUERY, write: (writer, version) => writeQuery(writer, version, text, { consistency: 1 }) },
    { timeout },
  );

/** The version that was agreed on, or the code of the error. A connection that stays open would ask for ever. */
const outcome = (opening: Observable<Connection>): Observable<string> =>
  opening.pipe(
    map(({ version }) => `v${version}`),
    take(1),
    catchError((reason: unknown) => of((reason as CqlError).code.replace('ERR_RXCQL_', ''))),
  );

const opcodes = (server: FakeServer): string[] => {
  const seen: string[] = [];
  server.requests.subscribe((request) => seen.push(request.opcode));
  return seen;
};

describe('the handshake of the driver', () => {
  it('is done in no time', () => {
    marbles(({ expectObservable }) => {
      expectObservable(outcome(open(fakeServer()))).toBe('(a|)', { a: 'v5' });
      expectObservable(outcome(open(fakeServer([], { protocolVersions: [4] })))).toBe('(a|)', { a: 'v4' });
      expectObservable(outcome(open(fakeServer(), { protocolVersion: 4 }))).toBe('(a|)', { a: 'v4' });
    });
  });

  it('takes as long as its answers do', () => {
    const server = fakeServer([when(opcode('STARTUP')).delay(7), when(opcode('OPTIONS')).delay(2)]);
    const seen = opcodes(server);
    marbles(({ expectObservable }) => expectObservable(outcome(open(server))).toBe('11ms (a|)', { a: 'v5' }));
    expect(seen).toEqual(['OPTIONS', 'STARTUP', 'OPTIONS']);
  });

  it.each([
    ['in v4', { protocolVersion: 4 }, {}],
    ['in v5', { protocolVersion: 5 }, {}],
    ['in v5, compressed', { compression: lz4() }, { compression: 'lz4' }],
  ] as const)('has credentials, %s', (_, options, offered) => {
    const authentication = { username: 'ada', password: 'sesame' };
    const credentials = (password: string) => ({
      ...options,
      login: loginOf({ username: 'ada', password, required: true }),
    });
    marbles(({ expectObservable }) => {
      const server = fakeServer([], { authentication, ...offered });
      expectObservable(outcome(open(server, credentials('sesame')))).toBe('(a|)', {
        a: `v${'protocolVersion' in options ? options.protocolVersion : 5}`,
      });
      expectObservable(outcome(open(server, credentials('guess')))).toBe('(a|)', { a: 'AUTHENTICATION' });
    });
  });

  it('is not done where another authenticator asks', () => {
    const login = loginOf({ username: 'ada', password: 'sesame', required: true });
    const server = fakeServer([when(opcode('STARTUP')).reply(authenticate('com.example.Other'))]);
    marbles(({ expectObservable }) =>
      expectObservable(outcome(open(server, { login }))).toBe('(a|)', { a: 'AUTHENTICATION' }),
    );
  });

  it('is given up when it takes too long, which is counted in ticks of 50 ms', () => {
    for (const rule of [when(opcode('STARTUP')).drop(), when(opcode('OPTIONS')).halfOpen()]) {
      marbles(({ expectObservable }) =>
        expectObservable(outcome(open(fakeServer([rule]), { handshakeTimeout: 300 }))).toBe('350ms (a|)', {
          a: 'HANDSHAKE_TIMEOUT',
        }),
      );
    }
  });

  it('falls back to v4 where v5 was agreed on and is not spoken', () => {
    const again = opcode('OPTIONS')
      .and(({ version }) => version === 5)
      .and(times(1).not());
    const server = fakeServer([when(again).unsegmented()]);
    marbles(({ expectObservable }) => expectObservable(outcome(open(server))).toBe('(a|)', { a: 'v4' }));
    expect(server.accepted).toBe(2);
  });

  it('ends with wrong bytes, cut ones and none', () => {
    const startup = when(opcode('STARTUP'));
    marbles(({ expectObservable }) => {
      const http = startup.bytes(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
      expectObservable(outcome(open(fakeServer([http])))).toBe('(a|)', { a: 'PROTOCOL' });
      expectObservable(outcome(open(fakeServer([startup.truncate(5).disconnect()])))).toBe('(a|)', { a: 'CONNECTION' });
      expectObservable(outcome(open(fakeServer([startup.delay(3).disconnect('reset')])))).toBe('3ms (a|)', {
        a: 'CONNECTION',
      });
      const damaged = when(opcode('QUERY')).transform((bytes) => {
        bytes[8]! ^= 1;
        return bytes;
      });
      const asked = open(fakeServer([damaged])).pipe(switchMap((one) => ask(one, 'a').pipe(ignoreElements())));
      expectObservable(asked.pipe(catchError((reason: Error) => of(reason.message)))).toBe('(a|)', {
        a: 'The checksum of a segment payload does not match: the connection carries damaged data.',
      });
    });
  });

  it('is done through bytes that dribble, both ways', () => {
    for (const options of [{ protocolVersion: 4 }, { protocolVersion: 5 }, { compression: lz4() }] as const) {
      const wide = 'wide '.repeat(100_000);
      const server = fakeServer([when(cql('wide')).reply(rows({ v: 'text' }, [[wide]]))], { compression: 'lz4' });
      const dribbling = (outgoing: Observable<Uint8Array>) => outgoing.pipe(chunked(1), server, chunked(7));
      const lengths: number[] = [];
      marbles(({ hot }) => {
        const found = open(dribbling, options).pipe(switchMap((connection) => ask(connection, 'wide')));
        const reading = found.subscribe((answer) => {
          if (answer.kind !== 'rows') throw new Error(answer.kind);
          lengths.push((answer.rows.cursor().next()['v'] as string).length);
        });
        hot('--a').subscribe(() => reading.unsubscribe());
      });
      expect(lengths).toEqual([wide.length]);
    }
  });
});

describe('a connection of the driver', () => {
  it('gets its answers when the rules say so', () => {
    marbles(({ expectObservable }) => {
      const server = fakeServer([
        when(cql('slow')).reply('4ms r', { r: rows({ v: 'int' }, []) }),
        when(cql('busy')).delay(2).reply(error('Overloaded')),
      ]);
      const answers = open(server).pipe(
        switchMap((connection) =>
          merge(
            ...['slow', 'busy', 'other'].map((text) =>
              ask(connection, text).pipe(
                map(({ kind }) => kind),
                catchError((reason: { kind?: string }) => of(reason.kind)),
              ),
            ),
          ),
        ),
      );
      expectObservable(answers, '^--------!').toBe('v-o-r', { v: 'void', o: 'Overloaded', r: 'rows' });
    });
  });

  it('asks after silence, and is given up when nothing answers', () => {
    const heartbeat = { idle: 4_000, timeout: 1_000 };
    const quiet = fakeServer();
    const dead = fakeServer([when(opcode('OPTIONS').and(times(3).not())).drop()]);
    marbles(({ expectObservable }) => {
      const beats = quiet.requests.pipe(map(({ opcode: name }) => name[0]));
      expectObservable(beats, '^ 13s !').toBe('(OSO) 3995ms O 3999ms O 3999ms O');
      expectObservable(open(quiet, { heartbeat }), '^ 13s !').toBe('c', { c: expect.anything() as never });
      const given = open(dead, { heartbeat }).pipe(
        ignoreElements(),
        catchError((reason: CqlError) => of(reason.code)),
      );
      // The third question is answered; the fourth is not, and its answer is due in a second.
      expectObservable(given).toBe('9050ms (a|)', { a: 'ERR_RXCQL_HEARTBEAT_TIMEOUT' });
    });
  });

  it('is closed when it is left', () => {
    marbles(({ hot, expectObservable }) => {
      const server = fakeServer();
      expectObservable(open(server).pipe(map(({ version }) => version)), '^--!').toBe('a', { a: 5 as never });
      hot('--a--b').subscribe((when) => expect(server.connections).toBe(when === 'a' ? 1 : 0));
    });
  });

  it('hears events when they are pushed', () => {
    marbles(({ hot, expectObservable }) => {
      const server = fakeServer();
      const registered = open(server).pipe(
        switchMap((connection) =>
          merge(connection.events, connection.send(REGISTER, { timeout: 10 }).pipe(ignoreElements())),
        ),
        map((one) => (one.type === 'STATUS_CHANGE' ? one.change : one.type)),
      );
      expectObservable(registered, '^-----!').toBe('--u-d', { u: 'UP', d: 'DOWN' });
      hot('--u-d').subscribe((letter) => server.push(letter === 'u' ? event.up('127.0.0.1') : event.down('127.0.0.1')));
    });
  });
});
