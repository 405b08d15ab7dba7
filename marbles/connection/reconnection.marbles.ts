import { map } from 'rxjs';
import { connection, node, opcode, sessionOf, times, when } from 'rxcql/testing';
import { expect } from 'vitest';
import { behaviour, spec } from '../behaviour.js';
import { asked, attempts, cluster, obey, states } from '../fake-cluster.js';

const text = `Each node of a session has a connection that is kept up: one that is lost is made again, later and later while that fails.
Here a session has two nodes. The first, which it knows them from, does well.`;

behaviour('A connection comes, goes, and comes again', text, () => {
  spec('The handshake, when each answer takes a millisecond', ({ expectObservable }) => {
    const server = cluster(1, [when(connection(2)).delay(1)]);
    const session = sessionOf(server);
    const requests = asked(server, '10.0.0.1', 2);
    const connected = session.connect().pipe(map(() => 'session'));

    expectObservable(connected).toBe('----(x|)', { x: 'session' });
    const values = { o: 'OPTIONS', s: 'STARTUP', w: 'who are you?' };
    expectObservable(requests, '^----!').toBe('osow-', values);
    // On protocol v5 OPTIONS is asked again, before anything that matters is: some servers agree on v5 and do not speak it.
  });

  spec('Lost, refused, and there again', ({ hot, expectObservable }) => {
    const node2 = hot('-----s------t', { s: 'stop', t: 'start' });
    const server = cluster(2);
    const reconnection = (attempt: number) => 4 * 2 ** attempt;
    const session = sessionOf(server, { reconnection });
    const attempt = attempts(server, '10.0.0.2');
    const state = states(session, '10.0.0.2');

    obey(server, '10.0.0.2', node2);
    session.connect().subscribe();
    expectObservable(attempt, '^------------------!').toBe('a--------a-------a-', { a: 'attempt' });
    expectObservable(state, '  ^------------------!').toBe('u----d-----------u-', { u: 'up', d: 'down' });
    // The policy is asked for the delay after each failure: 4 ms after the first, 8 after the second.
  });

  spec('What has held for 30 s begins anew', ({ hot, expectObservable }) => {
    const node2 = hot('--s---t 30s --------s-t', { s: 'stop', t: 'start' });
    const server = cluster(2);
    const reconnection = (attempt: number) => 3 * 3 ** attempt;
    const session = sessionOf(server, { reconnection });
    const attempt = attempts(server, '10.0.0.2');
    const state = states(session, '10.0.0.2');

    obey(server, '10.0.0.2', node2);
    session.connect().subscribe();
    expectObservable(attempt, '^ 30020ms !').toBe('a----a--------a 30s ---a', { a: 'attempt' });
    expectObservable(state, '  ^ 30020ms !').toBe('u-d-----------u 30s d--u', { u: 'up', d: 'down' });
    // Its loss counts as the first failure again.
  });

  spec('A node that takes connections, and does not answer', ({ expectObservable }) => {
    const first = opcode('STARTUP').and(times(1));
    const server = cluster(2, [when(node('10.0.0.2').and(first)).drop()]);
    const options = { handshakeTimeout: 100, reconnection: () => 4 };
    const session = sessionOf(server, options);
    const requests = asked(server, '10.0.0.2');
    const state = states(session, '10.0.0.2');

    session.connect().subscribe();
    expectObservable(requests, '^ 160ms !').toBe('(os) 150ms (osow)', {
      o: 'OPTIONS',
      s: 'STARTUP',
      w: 'who are you?',
    });
    expectObservable(state, '   ^ 160ms !').toBe('154ms u', { u: 'up' });
    // A timeout is up to 100 ms late, and never early.
  });

  spec('A node that falls silent', ({ expectObservable }) => {
    const third = opcode('OPTIONS').and(times(3)).and(times(2).not());
    const server = cluster(2, [when(node('10.0.0.2').and(third)).halfOpen()]);
    const heartbeat = { idle: 2_000, timeout: 1_000 };
    const session = sessionOf(server, { heartbeat, reconnection: () => 4 });
    const requests = asked(server, '10.0.0.2');
    const state = states(session, '10.0.0.2');

    session.connect().subscribe();
    expectObservable(requests, '^ 3057ms !').toBe('(osow) 1994ms o 1053ms (osow)', {
      o: 'OPTIONS',
      s: 'STARTUP',
      w: 'who are you?',
    });
    expectObservable(state, '   ^ 3057ms !').toBe('u 3049ms d---u', { u: 'up', d: 'down' });
    // After 2 s without a word OPTIONS is sent, and not answered. Timeouts are counted in steps of 50 ms.
  });

  spec('Closing the session closes the connection', ({ hot, expectObservable }) => {
    const closing = hot('---c');
    const server = cluster(2);
    const session = sessionOf(server);
    const state = states(session, '10.0.0.2');

    session.connect().subscribe();
    closing.subscribe(() => session.close().subscribe(() => expect(server.connections).toBe(0)));
    expectObservable(state).toBe('u--(d|)', { u: 'up', d: 'down' });
  });
});
