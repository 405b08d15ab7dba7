import { event, sessionOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';
import { asked, attempts, cluster, obey } from '../fake-cluster.js';

const text = `What a server says unasked is a hint. It makes the driver look, not believe; and since events come in bursts, it looks once for all
that came within a second.`;

behaviour('Events are hints, and come in bursts', text, () => {
  spec('The nodes are read once for a burst of changes', ({ hot, expectObservable }) => {
    const events = hot('-a--b 700ms a 600ms a', { a: 'added', b: 'removed' });
    const server = cluster(1);
    const session = sessionOf(server);
    const reads = asked(server, '10.0.0.1', 1);

    events.subscribe((what) => server.push(what === 'added' ? event.added('10.0.0.9') : event.removed('10.0.0.9')));
    session.connect().subscribe();
    expectObservable(reads, '-^ 2500ms !').toBe('1001ms n 1304ms n', { n: 'nodes' });
  });

  spec('Down: whether that is so shows a question', ({ hot, expectObservable }) => {
    const events = hot('-d-u-d', { d: 'down', u: 'up' });
    const server = cluster(2);
    const session = sessionOf(server);
    const requests = asked(server, '10.0.0.2');

    events.subscribe((what) => server.push(what === 'down' ? event.down('10.0.0.2') : event.up('10.0.0.2')));
    session.connect().subscribe();
    expectObservable(requests, '-^ 1500ms !').toBe('1001ms o', { o: 'OPTIONS' });
    // Of what is said of a node within a second the last counts. That it answers is what the driver goes by.
  });

  spec('Up: there is no need to wait for the next attempt', ({ hot, expectObservable }) => {
    const node2 = hot(' -s---t', { s: 'stop', t: 'start' });
    const events = hot('------u', { u: 'up' });
    const server = cluster(2);
    const session = sessionOf(server, { reconnection: () => 30_000 });
    const attempt = attempts(server, '10.0.0.2');

    obey(server, '10.0.0.2', node2);
    events.subscribe(() => server.push(event.up('10.0.0.2')));
    session.connect().subscribe();
    expectObservable(attempt, '^ 3s !').toBe('a 2005ms a', { a: 'attempt' });
    // Another second later, since servers say it a moment too early.
  });

  spec('Each table that has changed is read once', ({ hot, expectObservable }) => {
    const events = hot('-a-b-a-a');
    const server = cluster(1);
    const session = sessionOf(server);
    const reads = asked(server, '10.0.0.1', 1);

    const changed = { change: 'UPDATED', target: 'TABLE', keyspace: 'shop' } as const;
    events.subscribe((name) => server.push(event.schema({ ...changed, name })));
    session.connect().subscribe();
    expectObservable(reads, '-^ 1500ms !').toBe('1001ms (ab)', { a: 'shop.a', b: 'shop.b' });
  });

  spec('From 20 tables on, all of the keyspace', ({ hot, expectObservable }) => {
    const events = hot('-abcdefghijklmnopqrst');
    const server = cluster(1);
    const session = sessionOf(server);
    const reads = asked(server, '10.0.0.1', 1);

    const changed = { change: 'UPDATED', target: 'TABLE', keyspace: 'shop' } as const;
    events.subscribe((name) => server.push(event.schema({ ...changed, name })));
    session.connect().subscribe();
    expectObservable(reads, '-^ 1500ms !').toBe('1001ms s', { s: 'shop' });
  });
});
