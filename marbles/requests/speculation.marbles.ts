import { constantSpeculation } from 'rxcql';
import { error, page, sessionOf } from 'rxcql/testing';
import { behaviour, spec } from '../behaviour.js';
import { names, nodes } from '../fake-cluster.js';

const text = `With a [speculation policy](../../docs/policies.md#speculation) a request that has no answer yet is sent to another node as well.
The first answer counts.`;

const ada = page([{ name: 'Ada' }]);

behaviour('Speculation: a second node for a slow one', text, () => {
  spec('The slow one loses', ({ cold, expectObservable }) => {
    const node1 = cold('---------(a|)', { a: names('Ada') });
    const node2 = cold('    --(b|)', { b: names('Ada') });
    const speculation = constantSpeculation({ delay: 4 });
    const session = sessionOf(nodes(node1, node2), { speculation });
    const result = session.execute('SELECT name FROM users');

    expectObservable(result).toBe('------(a|)', { a: ada });
    // Its answer reaches nobody. Until it comes, its stream id stays taken.
  });

  spec('Who answers in time has no rival', ({ cold, expectObservable }) => {
    const node1 = cold('---(a|)', { a: names('Ada') });
    const node2 = cold('    --(b|)', { b: names('Ada') });
    const speculation = constantSpeculation({ delay: 4 });
    const session = sessionOf(nodes(node1, node2), { speculation });
    const result = session.execute('SELECT name FROM users');

    expectObservable(result).toBe('---(a|)', { a: ada });
  });

  spec('As many as the policy says, one after another', ({ cold, expectObservable }) => {
    const node1 = cold('------------(a|)', { a: names('Ada') });
    const node2 = cold('   ----------(b|)', { b: names('Ada') });
    const node3 = cold('      --(c|)', { c: names('Ada') });
    const node4 = cold('         -(d|)', { d: names('Ada') });
    const speculation = constantSpeculation({ delay: 3, max: 2 });
    const session = sessionOf(nodes(node1, node2, node3, node4), { speculation });
    const result = session.execute('SELECT name FROM users');

    expectObservable(result).toBe('--------(a|)', { a: ada });
  });

  spec('A failure counts when no other answer can come', ({ cold, expectObservable }) => {
    const node1 = cold('------(e|)', { e: error('ServerError') });
    const node2 = cold('    -----(b|)', { b: names('Ada') });
    const node3 = cold('      -(c|)', { c: names('Ada') });
    const speculation = constantSpeculation({ delay: 4 });
    const session = sessionOf(nodes(node1, node2, node3), { speculation });
    const result = session.execute('SELECT name FROM users');

    expectObservable(result).toBe('---------(a|)', { a: ada });
    // The node that fails is not replaced while the other may still answer.
  });

  spec('Nothing that must not be done twice', ({ cold, expectObservable }) => {
    const node1 = cold('---------(a|)', { a: names('Ada') });
    const node2 = cold('    --(b|)', { b: names('Ada') });
    const speculation = constantSpeculation({ delay: 4 });
    const session = sessionOf(nodes(node1, node2), { speculation });
    const result = session.execute('UPDATE visits SET n = n + 1');

    expectObservable(result).toBe('---------(a|)', { a: ada });
  });

  spec('Who leaves leaves both', ({ cold, expectObservable }) => {
    const node1 = cold('              ---------(a|)', { a: names('Ada') });
    const node2 = cold('                  --------(b|)', { b: names('Ada') });
    const node3 = cold('                      -(c|)', { c: names('Ada') });
    const speculation = constantSpeculation({ delay: 4, max: 2 });
    const session = sessionOf(nodes(node1, node2, node3), { speculation });
    const result = session.execute('SELECT name FROM users');

    expectObservable(result, '^-----!').toBe('------');
    // CQL has no word for that: the nodes go on, and nobody hears of it.
  });
});
