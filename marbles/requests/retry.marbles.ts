import { error, page, sessionOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';
import { names, nodes } from '../fake-cluster.js';

const text = `What becomes of a request whose attempt has failed is for the [retry policy](../../docs/policies.md#retry) to say. This is what
the default one says. A node is drawn from when the request arrives there until it answers.`;

const ada = page([{ name: 'Ada' }]);

behaviour('A request is sent again where that is safe', text, () => {
  spec('A server error: at once, on the next node', ({ cold, expectObservable }) => {
    const node1 = cold('--(e|)', { e: error('ServerError') });
    const node2 = cold('  ---(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1, node2));
    const result = session.execute('SELECT name FROM users');

    expectObservable(result).toBe('-----(a|)', { a: ada });
  });

  spec('Overloaded: after a while, on the next node', ({ cold, expectObservable }) => {
    const node1 = cold('--(o|)', { o: error('Overloaded') });
    const node2 = cold('      ---(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1, node2));
    const result = session.execute('SELECT name FROM users');

    expectObservable(result).toBe('280ms (a|)', { a: ada });
    // After 50 to 500 ms, so that requests that were refused together do not come back together; in virtual time it is the middle.
  });

  spec('Overloaded everywhere: two more nodes, and then an error', ({ cold, expectObservable }) => {
    const node1 = cold('--(o|)', { o: error('Overloaded') });
    const node2 = cold('      --(o|)', { o: error('Overloaded') });
    const node3 = cold('            --(o|)', { o: error('Overloaded') });
    const node4 = cold('                  --(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1, node2, node3, node4));
    const result = session.execute('SELECT name FROM users');

    expectObservable(result).toBe('556ms #', {}, { kind: 'Overloaded' });
  });

  spec('A lost connection: at once, on the next node', ({ cold, hot, expectObservable }) => {
    const node1 = cold('-------(a|)', { a: names('Ada') });
    const node2 = cold('   ---(a|)', { a: names('Ada') });
    const loss = hot('  ---x');
    const server = nodes(node1, node2);
    const result = sessionOf(server).execute('SELECT name FROM users');

    loss.subscribe(() => server.stop('10.0.0.1'));
    expectObservable(result).toBe('------(a|)', { a: ada });
  });

  spec('A read timeout for want of the data: once more, on the same node', ({ cold, expectObservable }) => {
    const first = cold('----(t|)', { t: error('ReadTimeout', { received: 2, blockFor: 2 }) });
    const second = cold('    -(a|)', { a: names('Ada') });
    const node2 = cold('     -(a|)', { a: names('Ada') });
    const session = sessionOf(nodes([first, second], node2));
    const result = session.execute('SELECT name FROM users');

    expectObservable(result).toBe('-----(a|)', { a: ada });
    // Enough replicas have answered, but only with digests: by now the node knows which of them are alive.
  });

  spec('A write that may have been made is not made again', ({ cold, expectObservable }) => {
    const node1 = cold('--(t|)', { t: error('WriteTimeout') });
    const node2 = cold('  -(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1, node2));
    const result = session.execute('UPDATE visits SET n = n + 1');

    expectObservable(result).toBe('--#', {}, { kind: 'WriteTimeout' });
  });

  spec('A write that was refused is', ({ cold, expectObservable }) => {
    const node1 = cold('--(u|)', { u: error('Unavailable') });
    const node2 = cold('  -(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1, node2));
    const result = session.execute('UPDATE visits SET n = n + 1');

    expectObservable(result).toBe('---(a|)', { a: ada });
  });

  spec('Who leaves while a request waits to be sent again has left it', ({ cold, expectObservable }) => {
    const node1 = cold('              --(o|)', { o: error('Overloaded') });
    const node2 = cold('              -(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1, node2));
    const result = session.execute('SELECT name FROM users');

    expectObservable(result, '^----!').toBe('-----');
  });
});
