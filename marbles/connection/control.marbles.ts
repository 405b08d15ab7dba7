import { mergeMap } from 'rxjs';
import { cql, page, sessionOf, when } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';
import { cluster, names, obey, watching } from '../fake-cluster.js';

const text = `A session watches its cluster over a connection of its own, to one node at a time: there it reads which nodes there are, and hears
of changes. \`watched\` is that node, from when it is asked to tell of them.`;

const nodes = { a: '10.0.0.1', b: '10.0.0.2', c: '10.0.0.3' };

behaviour('The connection that watches the cluster', text, () => {
  spec('When it is lost, the next node takes over', ({ hot, expectObservable }) => {
    const node1 = hot('---s', { s: 'stop' });
    const node2 = hot('------s', { s: 'stop' });
    const server = cluster(3);
    const session = sessionOf(server);
    const watched = watching(server, session);

    obey(server, '10.0.0.1', node1);
    obey(server, '10.0.0.2', node2);
    expectObservable(watched, '^--------!').toBe('a--b--c--', nodes);
  });

  spec('When there is no other, it is tried again as the policy says', ({ hot, expectObservable }) => {
    const node1 = hot('---s----------t', { s: 'stop', t: 'start' });
    const server = cluster(1);
    const reconnection = (attempt: number) => 4 * 2 ** attempt;
    const session = sessionOf(server, { reconnection });
    const watched = watching(server, session);

    obey(server, '10.0.0.1', node1);
    expectObservable(watched, '^----------------!').toBe('a--------------a', nodes);
    // At once, since the loss says nothing of the other nodes; after they all have failed 4 ms later, then 8.
  });

  spec('Who does not answer at the start is passed by', ({ hot, expectObservable }) => {
    const node1 = hot('s', { s: 'stop' });
    const server = cluster(2);
    const contactPoints = ['10.0.0.1', '10.0.0.2'];
    const session = sessionOf(server, { contactPoints });
    const watched = watching(server, session);

    obey(server, '10.0.0.1', node1);
    expectObservable(watched, '^--!').toBe('b--', nodes);
  });

  spec('Requests go on elsewhere meanwhile', ({ hot, cold, expectObservable }) => {
    const node1 = hot('    ----s', { s: 'stop' });
    const request = hot('  -r---r-r', { r: 'request' });
    const answer = cold('  --(a|)', { a: names('Ada') });
    const server = cluster(2, [when(cql('SELECT name FROM users')).reply(answer)]);
    const session = sessionOf(server);
    const result = request.pipe(mergeMap(() => session.execute('SELECT name FROM users')));

    obey(server, '10.0.0.1', node1);
    expectObservable(result, '^---------!').toBe('---a---a-a', { a: page([{ name: 'Ada' }]) });
  });
});
