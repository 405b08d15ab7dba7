import { catchError, concat, map, materialize, NEVER, type Observable, of, Subject } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import {
  connection,
  cql,
  type CqlRequest,
  error,
  event,
  fakeServer,
  opcode,
  ready,
  rows,
  type Rule,
  times,
  voidResult,
  when,
  withHeader,
} from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { Opcode } from '../../../src/codec/envelope.js';
import type { Response } from '../../../src/codec/responses.js';
import { ConfigurationError, ConnectionError } from '../../../src/errors.js';
import { statementId } from '../../../src/testing/server/server-statement.js';
import type { Socket } from '../../../src/wire/socket.js';
import { answersOf, bodies, query, request } from '../../support/fake-client.js';

/** Runs in virtual time: a character of a diagram is a millisecond. */
const marbles = (specification: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(specification);

/** An answer as a letter: v for void, e for an error, r for rows and so on. */
const letter = ({ kind }: Response): string =>
  ({ void: 'v', error: 'e', rows: 'r', ready: 'y', event: 'E', supported: 's', prepared: 'p' })[kind as string] ?? kind;

const lettersOf = (server: Socket, requests: Observable<Uint8Array>): Observable<string> =>
  answersOf(server, requests).pipe(map(letter));

/** What a server by these rules answers to queries at these times; the letters are their texts. */
const toQueries = ({ hot, expectObservable }: RunHelpers, rules: readonly Rule[], queries: string, answers: string) => {
  const requests = hot(queries).pipe(map((text, i) => query(text, i + 1)));
  const broken = new ConnectionError('127.0.0.1:9042', 'The connection to 127.0.0.1:9042 broke: read ECONNRESET.');
  expectObservable(lettersOf(fakeServer(rules), requests)).toBe(answers, undefined, broken);
};

describe('the first rule that fits', () => {
  const overloaded = error('Overloaded');
  const found = rows({ v: 'int' }, [[1]]);

  it.each<[string, Rule[], string, string]>([
    ['counts', [when(cql('a')).reply(found), when(opcode('QUERY')).reply(overloaded)], '-a-b-a', '-r-e-r'],
    ['may be none: the server answers as it would', [when(cql('b')).reply(found)], '-a-b', '-v-r'],
    ['may be a function', [when(({ cql: text }) => text === 'b').reply(found)], '-a-b', '-v-r'],
    ['may be one for either', [when(cql('a').or(cql('b'))).reply(found)], '-a-b-c', '-r-r-v'],
    ['may be one for both', [when(opcode('QUERY').and(cql(/a|b/))).reply(found)], '-a-b-c', '-r-r-v'],
    ['may be one for all others', [when(cql('a').not()).reply(found)], '-a-b-c', '-v-r-r'],
    ['may be for some times', [when(times(2)).reply(found)], '-a-b-c', '-r-r-v'],
    ['counts what the condition lets through', [when(cql('b').and(times(1))).reply(found)], '-a-b-b', '-v-r-v'],
    ['counts so in any order', [when(times(1).and(cql('b'))).reply(found)], '-a-b-b', '-v-r-v'],
    ['may be for all but some times', [when(cql('b').and(times(1).not())).reply(found)], '-b-a-b-b', '-v-v-r-r'],
    [
      'does not count what a rule before it has taken',
      [when(cql('a')).reply(found), when(times(1)).reply(overloaded)],
      '-a-b-c',
      '-r-e-v',
    ],
    ['counts what a function lets through once', [when(everySecond()).reply(found)], '-a-b-c-d', '-v-r-v-r'],
    ['counts so beside times()', [when(times(9).and(everySecond())).reply(found)], '-a-b-c-d', '-v-r-v-r'],
  ])('%s', (_, rules, queries, answers) => {
    marbles((helpers) => toQueries(helpers, rules, queries, answers));
  });

  function everySecond(): (request: CqlRequest) => boolean {
    let count = 0;
    return () => ++count % 2 === 0;
  }

  it('may be for one connection', () => {
    marbles(({ hot, expectObservable }) => {
      const server = fakeServer([when(connection(2)).reply(overloaded)]);
      const requests = hot('-a-b').pipe(map((text) => query(text)));
      expectObservable(lettersOf(server, requests)).toBe('-v-v');
      expectObservable(lettersOf(server, requests)).toBe('-e-e');
    });
  });

  it('counts for each server, and for all connections of one', () => {
    marbles(({ hot, expectObservable }) => {
      const rules = [when(times(3)).reply(overloaded)];
      const [one, two] = [fakeServer(rules), fakeServer(rules)];
      const requests = hot('-a-b').pipe(map((text) => query(text)));
      expectObservable(lettersOf(one, requests)).toBe('-e-e');
      expectObservable(lettersOf(one, requests)).toBe('-e-v');
      expectObservable(lettersOf(two, requests)).toBe('-e-e');
    });
  });

  it('knows texts whatever their spaces', () => {
    marbles(({ hot, expectObservable }) => {
      const server = fakeServer([when(cql('INSERT  a\n INTO t;')).reply(found)]);
      const texts = { a: ' INSERT a INTO   t ', b: 'INSERT a INTO t2' };
      expectObservable(lettersOf(server, hot('-a-b', texts).pipe(map((text) => query(text))))).toBe('-r-v');
    });
  });
});

describe('a rule', () => {
  const found = rows({ v: 'int' }, [[1]]);
  const overloaded = error('Overloaded');
  const later = new Subject<never>();

  it.each<[string, Rule, string, string]>([
    ['answers later', when(cql('a')).delay(5).reply(found), '-ab', '--v---r'],
    ['delays what would be answered anyway', when(cql('a')).delay(5), '-ab', '--v---v'],
    ['answers by a diagram', when(cql('a')).reply('--(r|)', { r: found }), '-a--b', '---rv'],
    ['answers as often as it says', when(cql('a')).reply('r-e 3ms r', { r: found, e: overloaded }), '-a', '-r-e---r'],
    ['answers several at a time', when(cql('a')).reply('-(re)', { r: found, e: overloaded }), '-a', '--(re)'],
    ['answers twice', when(cql('a')).reply(found).delay(2).reply(overloaded), '-a', '-r-e'],
    [
      'answers what a function makes',
      when(cql(/./)).reply((r) => (r.cql === 'a' ? found : overloaded)),
      '-a-b',
      '-r-e',
    ],
    ['answers what an Observable says', when(cql('a')).reply(concat(of(found), of(overloaded))), '-a', '-(re)'],
    ['answers what the Observable of a function says', when(cql('a')).reply(() => of(found)), '-a', '-r'],
    ['may wait for ever', when(cql('a')).reply(later), '-a-b', '---v'],
    ['drops', when(cql('a')).drop(), '-a-b', '---v'],
    ['ends the connection', when(cql('b')).disconnect(), '-a-b-a', '-v-|'],
    ['ends the connection after its answer', when(cql('b')).reply(found).disconnect(), '-a-b-a', '-v-(r|)'],
    ['ends the connection later', when(cql('b')).delay(2).disconnect(), '-a-ba', '-v--v|'],
    ['breaks the connection', when(cql('b')).disconnect('reset'), '-a-b', '-v-#'],
    ['breaks the connection by a diagram', when(cql('b')).reply('r-#', { r: found }), '-a-b', '-v-r-#'],
    ['neither reads nor answers', when(cql('b')).halfOpen(), '-a-b-a', '-v'],
    ['does not answer when it is half open', when(cql('a')).delay(3).chunked(20).afterwards().halfOpen(), '-a-a', ''],
    ['does one thing after another', when(cql('a')).reply(found).afterwards().drop(), '-a-a-a', '-r'],
    [
      'goes on with the last that it does',
      when(cql('a')).drop().afterwards().delay(1).afterwards().reply(found),
      '-a-a-a-a',
      '----vr-r',
    ],
  ])('%s', (_, rule, queries, answers) => {
    marbles((helpers) => toQueries(helpers, [rule], queries, answers));
  });

  it('does not hold up what comes behind it', () => {
    marbles((helpers) => {
      const rule = when(cql('a')).reply('5ms r', { r: found });
      toQueries(helpers, [rule], '-ab-c', '--v-v-r');
    });
  });

  it('ends with the connection', () => {
    marbles(({ hot, expectObservable }) => {
      let made = 0;
      const slow = when(cql('a')).reply('3ms r', { r: () => (made++, found) });
      const requests = hot('-a').pipe(map((text) => query(text)));
      expectObservable(lettersOf(fakeServer([slow]), requests), '^--!').toBe('');
      expectObservable(of(0)).toBe('(a|)', { a: 0 });
      hot('---------a').subscribe(() => expect(made).toBe(0));
    });
  });

  it('says of a function that throws, and of one that gives nothing, what is wrong', () => {
    const failing = (rule: Rule): string[] => {
      const said: string[] = [];
      marbles(({ hot }) => {
        answersOf(fakeServer([rule]), hot('a').pipe(map((text) => query(text)))).subscribe((answer) => {
          said.push(answer.kind === 'error' ? `${answer.error.kind}: ${answer.error.message}` : answer.kind);
        });
      });
      return said;
    };
    const thrower = () => {
      throw new Error('oh');
    };
    expect(failing(when(cql('a')).reply(thrower))).toEqual(['ServerError: A rule of the test failed on QUERY: oh']);
    expect(failing(when(cql('a')).reply((() => undefined) as never))).toEqual([
      'ServerError: A rule of the test failed on QUERY: it gave no response.',
    ]);
    expect(failing(when(cql('a')).bytes(thrower))).toEqual(['ServerError: A rule of the test failed on QUERY: oh']);
    expect(failing(when(cql('a')).transform(thrower))).toEqual(['ServerError: A rule of the test failed on QUERY: oh']);
    expect(failing(when(thrower).reply(found))).toEqual(['ServerError: A rule of the test failed on QUERY: oh']);
  });

  it.each<[string, () => unknown, string]>([
    ['a condition', () => when(5 as never), 'A condition is opcode(), cql(),'],
    ['an opcode', () => opcode('SELECT' as never), 'opcode() takes requests'],
    ['no opcode', () => opcode(), 'not nothing'],
    ['a connection', () => connection(0), 'counted from 1'],
    ['a count', () => times(-1), 'times() takes a whole number'],
    ['a reply', () => when(times(1)).reply({} as never), 'reply() takes what rows()'],
    ['a marble', () => when(times(1)).reply('--x', {}), 'has "x", for which no response is given'],
    ['a diagram', () => when(times(1)).reply('--(x', {}), 'is not understood'],
    ['a delay', () => when(times(1)).delay(-1), 'delay() takes milliseconds'],
    ['a way to end', () => when(times(1)).disconnect('fin' as never), 'not "fin"'],
    ['bytes', () => when(times(1)).bytes('x' as never), 'bytes() takes a Uint8Array'],
    ['a size', () => when(times(1)).chunked(0), 'chunked() takes a number of bytes'],
    ['a rule', () => fakeServer([5 as never]), 'each made by when(…)'],
    ['options in the place of rules', () => fakeServer({ nodes: [] } as never), 'and its options behind that'],
    ['a number of nodes', () => fakeServer([], { nodes: 3 } as never), "such as [{ host: '127.0.0.1' }"],
    ['a node by its address', () => fakeServer([], { nodes: ['127.0.0.1'] } as never), 'needs a host, an IP address'],
    [
      'a host with its port',
      () => fakeServer([], { nodes: [{ host: '127.0.0.1:9042' }] }),
      'needs an IP address as its host',
    ],
    ['a property of a node', () => fakeServer([], { nodes: [{ host: '127.0.0.1', racks: 'r' }] } as never), '"rack"?'],
    ['half of the credentials', () => fakeServer([], { authentication: { username: 'a' } } as never), 'and a password'],
    [
      'an option',
      () => fakeServer([], { versions: [4] } as never),
      'no option "versions". There are: protocolVersions,',
    ],
    [
      'a version',
      () => fakeServer([], { protocolVersions: [3 as never] }),
      'protocolVersions is a list of 4, 5 or both.',
    ],
    [
      'a compression',
      () => fakeServer([], { compression: 'snappy' as never }),
      'The option "compression" must be one of lz4; it is "snappy".',
    ],
    ['a table', () => fakeServer([], { tables: { 'shop.users': [] } }), 'cannot give rows of "shop.users"'],
    [
      'a column of a table',
      () => fakeServer([], { tables: { 'system_schema.keyspaces': [{ name: 'shop' }] } }),
      'The table system_schema.keyspaces has no column "name".',
    ],
    ['no nodes', () => fakeServer([], { nodes: [] }), 'nodes needs at least one'],
    ['a node', () => fakeServer([], { nodes: [{ host: 'localhost' }] }), 'as its host, not "localhost"'],
    ['nodes', () => fakeServer([], { nodes: [{ host: '::1' }, { host: '::1' }] }), 'the same address twice'],
  ])('refuses %s that is none', (_, make, message) => {
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
  });
});

describe('the bytes of a rule', () => {
  /** What comes, as hexadecimal digits, by the millisecond. */
  const bytesOf = (rule: Rule): string[] => {
    const said: string[] = [];
    marbles(({ hot }) => {
      const requests = hot('-a 99ms b').pipe(map((text) => query(text)));
      fakeServer([rule])(requests).subscribe((chunk) => said.push(Buffer.from(chunk).toString('hex')));
    });
    return said;
  };
  const VOID = '8400000108' + '00000004' + '00000001';
  const whenA = when(cql('a'));

  it('are an envelope', () => {
    expect(bytesOf(whenA)).toEqual([VOID, VOID]);
  });

  it.each<[string, Rule, string[]]>([
    ['are what it says', whenA.bytes(Buffer.from('48545450', 'hex')), ['48545450', VOID]],
    ['are made of the request', whenA.bytes(({ cql: text }) => Buffer.from(text!)), ['61', VOID]],
    ['are cut off', whenA.truncate(3), ['840000', VOID]],
    ['are cut off at the end', whenA.reply(voidResult()).truncate(-12), ['84', VOID]],
    ['are cut off whole', whenA.truncate(-99), [VOID]],
    ['come in pieces', whenA.chunked(5), ['8400000108', '0000000400', '000001', VOID]],
    ['are changed', whenA.transform((bytes) => Buffer.concat([bytes, bytes.subarray(0, 1)])), [VOID + '84', VOID]],
    ['are cut off and come in pieces', whenA.truncate(4).chunked(3), ['840000', '01', VOID]],
    [
      'follow each other',
      whenA.reply(withHeader(voidResult(), { flags: 0xff })).bytes(Buffer.from('00', 'hex')),
      ['84ff' + VOID.slice(4), '00', VOID],
    ],
  ])('%s', (_, rule, expected) => {
    expect(bytesOf(rule)).toEqual(expected);
  });

  it('of one moment come in one piece, and so do answers to what came in one', () => {
    const both = rows({ v: 'int' }, []);
    expect(bytesOf(whenA.reply('(vv)', { v: voidResult() }))).toEqual([VOID + VOID, VOID]);
    expect(bytesOf(whenA.reply(both).reply(voidResult()))[0]!.endsWith(VOID)).toBe(true);
    marbles(({ cold, expectObservable }) => {
      const three = Buffer.concat([query('a'), query('b'), query('c')]);
      const lengths = fakeServer()(concat(cold('-a|').pipe(map(() => three)), NEVER)).pipe(map(({ length }) => length));
      expectObservable(lengths).toBe('-n', { n: 3 * (VOID.length / 2) });
    });
  });

  it('of an answer in pieces do not mingle with those of another', () => {
    marbles(({ hot }) => {
      const received: Uint8Array[] = [];
      const requests = hot('(ab)').pipe(map((text, i) => query(text, i + 1)));
      fakeServer([when(cql('a')).chunked(1)])(requests).subscribe((chunk) => received.push(chunk));
      hot('---------x').subscribe(() => {
        expect(Buffer.concat(received).toString('hex')).toBe(VOID + VOID.replace('0001', '0002'));
      });
    });
  });
});

describe('a fake server', () => {
  it('understands requests however they are chunked', () => {
    marbles(({ expectObservable, cold }) => {
      const bytes = query('SELECT 1');
      const dribbled = cold('x'.repeat(bytes.length)).pipe(map((_, i) => bytes.subarray(i, i + 1)));
      expectObservable(
        lettersOf(
          fakeServer([when(cql('SELECT 1')).reply(ready())]),
          dribbled.pipe((s) => concat(s, NEVER)),
        ),
      ).toBe(`${bytes.length - 1}ms y`);
    });
  });

  it('tells all requests, also to those who come later', () => {
    marbles(({ hot, expectObservable }) => {
      const server = fakeServer();
      const requests = hot('-a-b').pipe(map((text, i) => query(text, i + 10)));
      expectObservable(lettersOf(server, requests)).toBe('-v-v');
      const seen = server.requests.pipe(
        map((one) => `${one.connection} ${one.opcode} ${one.streamId} ${one.cql ?? ''}`),
      );
      const [a, b] = ['1 QUERY 10 a', '1 QUERY 11 b'];
      expectObservable(seen).toBe('-a-b', { a, b });
      expectObservable(seen, '-----^').toBe('-----(ab)', { a, b });
    });
  });

  it('replays no more than it is told to', () => {
    const server = fakeServer([], { replay: 1 });
    answersOf(server, concat(of(query('a'), query('b')), NEVER)).subscribe();
    const seen: unknown[] = [];
    server.requests.subscribe((one) => seen.push(one.cql));
    expect(seen).toEqual(['b']);
  });

  it('counts its connections, and ends them when it is told to', () => {
    marbles(({ hot, expectObservable }) => {
      const server = fakeServer();
      const none = NEVER as Observable<Uint8Array>;
      const ended = (socket: Observable<Uint8Array>) =>
        socket.pipe(
          catchError(() => of('broken')),
          materialize(),
          map(({ kind }) => kind),
        );
      expectObservable(ended(server(none))).toBe('---(C|)');
      expectObservable(ended(server(none))).toBe('-(NC|)');
      expectObservable(ended(server(none)), '^-!').toBe('');
      hot('a').subscribe(() => expect([server.connections, server.accepted]).toEqual([3, 3]));
      hot('-a').subscribe(() => server.disconnect(2, 'reset'));
      hot('--a').subscribe(() => expect([server.connections, server.accepted]).toEqual([1, 3]));
      hot('---a').subscribe(() => server.disconnect());
      hot('----a').subscribe(() => expect([server.connections, server.accepted]).toEqual([0, 3]));
    });
  });

  it('says events to those who have registered for them', () => {
    marbles(({ hot, expectObservable }) => {
      const server = fakeServer();
      const register = (...types: string[]) =>
        hot('a').pipe(map(() => request(Opcode.REGISTER, bodies.register(...types))));
      expectObservable(lettersOf(server, register('STATUS_CHANGE', 'SCHEMA_CHANGE'))).toBe('y-E-E');
      expectObservable(lettersOf(server, register('TOPOLOGY_CHANGE'))).toBe('y--E');
      expectObservable(lettersOf(server, hot('a').pipe(map((text) => query(text))))).toBe('v');
      hot('--a').subscribe(() => server.push(event.down('127.0.0.1')));
      hot('---a').subscribe(() => server.push(event.added('127.0.0.1')));
      hot('----a').subscribe(() => server.push(event.schema({ change: 'DROPPED', target: 'KEYSPACE', keyspace: 'k' })));
    });
  });

  it('prepares whatever it is asked to, until it forgets', () => {
    marbles(({ hot, expectObservable }) => {
      const id = statementId('INSERT ?');
      const letters = {
        p: request(Opcode.PREPARE, bodies.prepare('INSERT ?')),
        x: request(Opcode.EXECUTE, bodies.execute(id)),
        b: request(Opcode.BATCH, bodies.batch('INSERT 1', id)),
      };
      const server = fakeServer();
      expectObservable(lettersOf(server, hot('xbpxb-x-p-x', letters))).toBe('eepvv-e-p-v');
      hot('-----f').subscribe(() => server.forgetStatements());
      expectObservable(server.requests.pipe(map((one) => one.cql ?? '-'))).toBe('uutti-u-t-t', {
        u: '-',
        t: 'INSERT ?',
        i: '-',
      });
    });
  });

  it('knows executed statements by their text', () => {
    marbles(({ hot, expectObservable }) => {
      const letters = {
        p: request(Opcode.PREPARE, bodies.prepare('SELECT 1')),
        x: request(Opcode.EXECUTE, bodies.execute(statementId('SELECT 1'))),
        b: request(Opcode.BATCH, bodies.batch('SELECT 1')),
      };
      const server = fakeServer([when(cql('SELECT 1')).reply(rows({ v: 'int' }, []))]);
      expectObservable(lettersOf(server, hot('pxb', letters))).toBe('prr');
    });
  });

  it('refuses versions that it does not speak as Cassandra does', () => {
    const refusals: unknown[] = [];
    const options = request(Opcode.OPTIONS, undefined, { version: 5, streamId: 9 });
    marbles(({ hot }) => {
      answersOf(fakeServer([], { protocolVersions: [4] }), hot('a').pipe(map(() => options))).subscribe((answer) =>
        refusals.push(answer),
      );
    });
    expect(refusals).toMatchObject([
      {
        kind: 'error',
        streamId: 0,
        error: {
          kind: 'ProtocolError',
          message: 'Invalid or unsupported protocol version (5); supported versions are (4/v4)',
        },
      },
    ]);
  });

  it('refuses what it cannot read, and ends what is no CQL', () => {
    marbles(({ hot, expectObservable }) => {
      const broken = request(Opcode.QUERY, (writer) => writer.i32(500));
      const letters = { b: broken, q: query('a'), w: Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n') };
      expectObservable(lettersOf(fakeServer(), hot('bqw', letters))).toBe('ev(e|)');
    });
  });

  describe('with several nodes', () => {
    const NODES = { nodes: [{ host: '10.0.0.1' }, { host: '10.0.0.2', port: 9043 }, { host: '::1', listens: false }] };
    const host = ({ node: name }: CqlRequest): string => name;
    const lost = (name: string): ConnectionError =>
      new ConnectionError(name, `The connection to ${name} broke: read ECONNRESET.`);
    const refused = (name: string): ConnectionError =>
      new ConnectionError(name, `Cannot connect to ${name}: connect ECONNREFUSED.`);

    it('says where they are, and is the first', () => {
      const server = fakeServer([], NODES);
      const { contactPoint, contactPoints } = server;
      expect({ contactPoint, contactPoints }).toEqual({
        contactPoint: '10.0.0.1:9042',
        contactPoints: ['10.0.0.1:9042', '10.0.0.2:9043', '[::1]:9042'],
      });
      marbles(({ cold, expectObservable }) => {
        cold('-a')
          .pipe(
            map(() => query('a')),
            server,
          )
          .subscribe();
        cold('--b')
          .pipe(
            map(() => query('b')),
            server.at('10.0.0.2:9043'),
          )
          .subscribe();
        expectObservable(server.requests.pipe(map(host))).toBe('-ab', { a: '10.0.0.1:9042', b: '10.0.0.2:9043' });
      });
    });

    it('refuses, in a later turn, whoever looks for a node that does not listen, or is none', () => {
      const server = fakeServer([], NODES);
      for (const name of ['[::1]:9042', '10.0.0.2:9042']) {
        marbles(({ expectObservable }) => {
          let isLater = false;
          NEVER.pipe(server.at(name)).subscribe({ error: () => expect(isLater).toBe(true) });
          isLater = true;
          expectObservable(NEVER.pipe(server.at(name))).toBe('#', undefined, refused(name));
        });
      }
      expect(server.accepted).toBe(0);
    });

    it('has them stop and start, alone or together, and tells who tries to connect', () => {
      const server = fakeServer([], NODES);
      const [first, second] = server.contactPoints as [string, string];
      const open = (name: string) => NEVER.pipe(server.at(name));
      marbles(({ hot, expectObservable }) => {
        hot('--1--2--s').subscribe((what) =>
          what === '1' ? server.stop('10.0.0.2') : what === '2' ? server.stop() : server.start(),
        );
        expectObservable(server.attempts).toBe('ab-b--a--b', { a: first, b: second });
        expectObservable(open(first)).toBe('-----#', undefined, lost(first));
        expectObservable(open(second), '-^').toBe('--#', undefined, lost(second));
        expectObservable(open(second), '---^').toBe('---#', undefined, refused(second));
        expectObservable(open(first), '------^').toBe('------#', undefined, refused(first));
        expectObservable(open(second), '---------^--!').toBe('---------');
      });
      expect(server.accepted).toBe(3);
    });

    it('starts one of them by its address with the port', () => {
      const server = fakeServer([], NODES);
      marbles(({ expectObservable }) => {
        server.stop();
        server.start('10.0.0.2:9043');
        expectObservable(NEVER.pipe(server.at('10.0.0.2:9043')), '^--!').toBe('---');
        expectObservable(NEVER.pipe(server)).toBe('#', undefined, refused('10.0.0.1:9042'));
      });
    });

    it('has no other to stop', () => {
      const server = fakeServer([], NODES);
      const message = 'The server has no node 10.0.0.9, only 10.0.0.1:9042, 10.0.0.2:9043, [::1]:9042.';
      expect(() => server.stop('10.0.0.9')).toThrow(new ConfigurationError(message));
      expect(() => server.start('10.0.0.9')).toThrow(new ConfigurationError(message));
    });
  });
});
