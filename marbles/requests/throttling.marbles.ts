import { mergeMap } from 'rxjs';
import { page, sessionOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';
import { names, nodes } from '../fake-cluster.js';

const text = `A connection takes \`maxRequestsPerConnection\` requests at a time. What finds no place waits in a queue, which has room for
\`maxQueue\` requests. Neither is meant to be the limit of a program: [give it one of its own](../../docs/backpressure.md).`;

const ada = page([{ name: 'Ada' }]);

behaviour('Places on connections, and the queue for them', text, () => {
  spec('With all places taken, the next waits for one', ({ cold, hot, expectObservable }) => {
    const node1 = cold('-----(a|)', { a: names('Ada') });
    const asked = hot(' abc');
    const session = sessionOf(nodes(node1), { maxRequestsPerConnection: 2 });
    const result = asked.pipe(mergeMap(() => session.execute('SELECT name FROM users')));

    expectObservable(result, '^----------!').toBe('-----aa---a', { a: ada });
  });

  spec('A node without a place is passed by', ({ cold, hot, expectObservable }) => {
    const node1 = cold('-----(a|)', { a: names('Ada') });
    const node2 = cold('  --(b|)', { b: names('Ada') });
    const asked = hot(' abc');
    const session = sessionOf(nodes(node1, node2), { maxRequestsPerConnection: 2 });
    const result = asked.pipe(mergeMap(() => session.execute('SELECT name FROM users')));

    expectObservable(result, '^-------!').toBe('----aaa-', { a: ada });
  });

  spec('Who finds no place in the queue fails at once', ({ cold, expectObservable }) => {
    const node1 = cold('-----(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1), { maxRequestsPerConnection: 1, maxQueue: 1 });
    const first = session.execute('SELECT name FROM users');
    const second = session.execute('SELECT name FROM users');
    const third = session.execute('SELECT name FROM users');

    expectObservable(first, ' -^').toBe('------(a|)', { a: ada });
    expectObservable(second, '--^').toBe('-----------(a|)', { a: ada });
    expectObservable(third, ' ---^').toBe('---#', {}, { name: 'ThrottleError' });
  });

  spec('Leaving the queue frees the place in it', ({ cold, expectObservable }) => {
    const node1 = cold('-----(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1), { maxRequestsPerConnection: 1, maxQueue: 1 });
    const first = session.execute('SELECT name FROM users');
    const second = session.execute('SELECT name FROM users');
    const third = session.execute('SELECT name FROM users');

    expectObservable(first, ' -^').toBe('------(a|)', { a: ada });
    expectObservable(second, '--^-!').toBe('----');
    expectObservable(third, ' -----^').toBe('-----------(a|)', { a: ada });
  });

  spec('Leaving a request frees its place on the connection', ({ cold, expectObservable }) => {
    const node1 = cold('-----(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1), { maxRequestsPerConnection: 1 });
    const first = session.execute('SELECT name FROM users');
    const second = session.execute('SELECT name FROM users');

    expectObservable(first, ' -^--!').toBe('-----');
    expectObservable(second, '--^').toBe('---------(a|)', { a: ada });
    // The node goes on with what it was asked; only the stream id of the connection waits for the answer.
  });

  spec('Nobody waits longer than the timeout', ({ cold, expectObservable }) => {
    const node1 = cold('1s (a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1), { maxRequestsPerConnection: 1 });
    const first = session.execute('SELECT name FROM users');
    const second = session.execute('SELECT name FROM users', [], { timeout: 200 });

    expectObservable(first).toBe('     1s (a|)', { a: ada });
    expectObservable(second).toBe('250ms #', {}, { code: 'ERR_RXCQL_REQUEST_TIMEOUT' });
    // A timeout is up to 100 ms late, and never early.
  });

  spec('mergeMap() with a limit: no queue at all', ({ cold, expectObservable }) => {
    const node1 = cold('-----(a|)', { a: names('Ada') });
    const asked = cold('-(abc|)');
    const session = sessionOf(nodes(node1), { maxRequestsPerConnection: 2, maxQueue: 0 });
    const request = () => session.execute('SELECT name FROM users');
    const result = asked.pipe(mergeMap(request, 2));

    session.connect().subscribe();
    expectObservable(result).toBe('------(aa)-(a|)', { a: ada });
  });
});
