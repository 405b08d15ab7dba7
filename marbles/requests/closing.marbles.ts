import { concat, concatMap, map } from 'rxjs';
import { constantSpeculation } from 'rxcql';
import { error, fakeServer, opcode, page, ready, sessionOf, when } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';
import { attempts, cluster, names, nodes, obey } from '../fake-cluster.js';

const text = `\`close()\` lets in nobody, waits for what is in flight, for 10 seconds at most, and then ends all connections. It is subscribed
to where its line begins.`;

interface User {
  readonly name: string;
}

const ada = page([{ name: 'Ada' }]);

behaviour('Closing a session', text, () => {
  spec('What is in flight ends, and what is new is refused', ({ cold, expectObservable }) => {
    const node1 = cold('-------(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1));
    const first = session.execute('SELECT name FROM users');
    const closed = session.close();
    const later = session.execute('SELECT name FROM users');

    expectObservable(first).toBe('-------(a|)', { a: ada });
    expectObservable(closed, '---^').toBe('-------(a|)', { a: undefined });
    expectObservable(later, ' -----^').toBe('-----#', {}, { name: 'SessionClosedError' });
  });

  spec('The next page is not fetched', ({ cold, expectObservable }) => {
    const page1 = cold('--(a|)', { a: names('Ada', { more: true }) });
    const page2 = cold('-(b|)', { b: names('Bob') });
    const session = sessionOf(nodes([page1, page2]));
    const work = cold<never>('---|');
    const query = session.query<User>('SELECT name FROM users');
    const read = query.pipe(concatMap((users) => concat(work, users)));
    const result = read.pipe(map(({ name }) => name));
    const closed = session.close();

    expectObservable(result).toBe('    -----(a#)', { a: 'Ada' }, { name: 'SessionClosedError' });
    expectObservable(closed, '---^').toBe('---(c|)', { c: undefined });
    // The error has a pagingState, with which another session goes on.
  });

  spec('What waits for a place is in flight', ({ cold, expectObservable }) => {
    const node1 = cold('-----(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1), { maxRequestsPerConnection: 1 });
    const first = session.execute('SELECT name FROM users');
    const second = session.execute('SELECT name FROM users');
    const closed = session.close();

    expectObservable(first).toBe('     -----(a|)', { a: ada });
    expectObservable(second, ' -^').toBe('----------(a|)', { a: ada });
    expectObservable(closed, ' --^').toBe('----------(a|)', { a: undefined });
  });

  spec('What waits to be sent again is, too', ({ cold, expectObservable }) => {
    const node1 = cold('--(o|)', { o: error('Overloaded') });
    const node2 = cold('      --(a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1, node2));
    const result = session.execute('SELECT name FROM users');
    const closed = session.close();

    expectObservable(result).toBe('      279ms (a|)', { a: ada });
    expectObservable(closed, '---^').toBe('279ms (a|)', { a: undefined });
  });

  spec('So is one that two nodes were asked', ({ cold, expectObservable }) => {
    const node1 = cold('---------(a|)', { a: names('Ada') });
    const node2 = cold('    ---(a|)', { a: names('Ada') });
    const speculation = constantSpeculation({ delay: 4 });
    const session = sessionOf(nodes(node1, node2), { speculation });
    const result = session.execute('SELECT name FROM users');
    const closed = session.close();

    expectObservable(result).toBe('     -------(a|)', { a: ada });
    expectObservable(closed, '-----^').toBe('-------(a|)', { a: undefined });
    // The other answer is not waited for.
  });

  spec('After 10 seconds it waits for nobody', ({ cold, expectObservable }) => {
    const node1 = cold('1m (a|)', { a: names('Ada') });
    const session = sessionOf(nodes(node1));
    const result = session.execute('SELECT name FROM users', [], { timeout: 60_000 });
    const closed = session.close();

    expectObservable(result).toBe('    10s -----#', {}, { name: 'ConnectionError' });
    expectObservable(closed, '-----^').toBe('10s -----(a|)', { a: undefined });
  });

  spec('A session that is connecting', ({ cold, expectObservable }) => {
    const startup = cold('-----(r|)', { r: ready() });
    const session = sessionOf(fakeServer([when(opcode('STARTUP')).reply(startup)]));
    const connected = session.connect();
    const closed = session.close();

    expectObservable(connected).toBe('---#', {}, { name: 'SessionClosedError' });
    expectObservable(closed, '---^').toBe('---(a|)', { a: undefined });
  });

  spec('A node that was lost is not connected to again', ({ hot, expectObservable }) => {
    const node2 = hot(' --s', { s: 'stop' });
    const server = cluster(2);
    const session = sessionOf(server, { reconnection: () => 4 });
    const attempt = attempts(server, '10.0.0.2');
    const closed = session.close();

    obey(server, '10.0.0.2', node2);
    session.connect().subscribe();
    expectObservable(attempt, ' ^--------------!').toBe('a-----a---a-', { a: 'attempt' });
    expectObservable(closed, '------------^').toBe('------------(c|)', { c: undefined });
  });
});
