import { behaviour, spec } from '../behaviour.js';
import { states, traffic } from './scripted-node.js';

const text = `Each node of a session has a connection that is kept up: one that is lost is made again, later and later while that fails.
Here a socket is drawn for as long as it is open, and the node answers every request within a millisecond.`;

behaviour('A connection comes, goes, and comes again', text, () => {
  spec('The handshake: OPTIONS, STARTUP, ready', ({ cold, expectObservable }) => {
    const socket = cold('             ------');
    const connection = traffic([socket]);

    expectObservable(connection, '^-----!').toBe('osu---', { o: 'OPTIONS', s: 'STARTUP', u: 'up' });
  });

  spec('Lost, refused, and there again', ({ cold, expectObservable, expectSubscriptions }) => {
    const socket1 = cold('            -----#');
    const socket2 = cold('                     #');
    const socket3 = cold('                             -----');
    const reconnection = (attempt: number) => 4 * 2 ** attempt;
    const node = states([socket1, socket2, socket3], { reconnection });

    expectObservable(node, '^--------------------!').toBe('--u--d---d---------u-', { u: 'up', d: 'down' });
    expectSubscriptions(socket3.subscriptions).toBe('-----------------^---!');
    // The policy is asked for the delay after each failure: 4 ms after the first, 8 after the second.
  });

  spec('What has held for 30 s begins anew', ({ cold, expectObservable, expectSubscriptions }) => {
    const socket1 = cold('            #');
    const socket2 = cold('                30s -----#');
    const socket3 = cold('                30s ---------------------');
    const reconnection = (attempt: number) => 4 * 2 ** attempt;
    const node = states([socket1, socket2, socket3], { reconnection });

    expectObservable(node, '^ 30017ms !').toBe('d-----u 30s --d-----u', { u: 'up', d: 'down' });
    expectSubscriptions(socket3.subscriptions).toBe('30013ms ^----!');
    // Its loss counts as the first failure again: the wait is 4 ms, not 8.
  });

  spec('A node that does not answer', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const silence = hot('             x');
    const socket1 = cold('            --------------------');
    const socket2 = cold('                        --------');
    const node = traffic([socket1, socket2], { handshakeTimeout: 8, silence });

    const values = { o: 'OPTIONS', s: 'STARTUP', u: 'up', d: 'down' };
    expectObservable(node, '^---------------!').toBe('o-------d---osu-', values);
    expectSubscriptions(socket1.subscriptions).toBe('^-------!');
  });

  spec('A node that falls silent', ({ cold, hot, expectObservable, expectSubscriptions }) => {
    const silence = hot('             ----x');
    const socket1 = cold('            -');
    const socket2 = cold('            -');
    const heartbeat = { idle: 20, timeout: 50 };
    const node = traffic([socket1, socket2], { heartbeat, silence });

    const values = { o: 'OPTIONS', s: 'STARTUP', u: 'up', d: 'down' };
    expectObservable(node, '^ 109ms !').toBe('osu 19ms o 77ms d---osu', values);
    expectSubscriptions(socket1.subscriptions).toBe('^ 99ms !');
    // After 20 ms without a word OPTIONS is sent again, and not answered. Timeouts are counted in steps of 50 ms.
  });

  spec('Closing the session closes the socket', ({ cold, expectObservable, expectSubscriptions }) => {
    const socket = cold('             ------');
    const node = states([socket]);

    expectObservable(node, '^----!').toBe('--u--', { u: 'up' });
    expectSubscriptions(socket.subscriptions).toBe('^----!');
  });
});
