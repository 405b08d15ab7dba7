// A program that holds a cluster, for tests that end it in every way. Its arguments: the options of startCassandra in JSON,
// then what it does with signals or with itself.
import { startCassandra } from '../../../src/testing/cassandra.js';
import type { CassandraOptions } from '../../../src/testing/cassandra/options.js';

const [options = '{}', manner] = process.argv.slice(2);

if (manner === 'listens') process.once('SIGTERM', () => console.log('its own SIGTERM'));

startCassandra(JSON.parse(options) as CassandraOptions).subscribe({
  next: (cluster) => {
    console.log(`directory ${cluster.directory}`);
    for (const node of cluster.nodes) {
      node.logs.subscribe({ next: (line) => console.log(line), complete: () => console.log('gone') });
    }
    console.log('ready');
    if (manner === 'throws') {
      setImmediate(() => {
        throw new Error('Nobody catches this.');
      });
    }
    if (manner === 'exits') process.exit(5);
  },
  complete: () => {
    console.log('complete');
    // It stays, to show that the decision is left to it.
    if (manner === 'listens') setTimeout(() => process.exit(7), 300);
  },
});
