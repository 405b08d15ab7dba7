// A session, its options, and what it tells of its cluster: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/cluster.ts`.
import { subscribe } from 'node:diagnostics_channel';
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import {
  constantSpeculation,
  createSession,
  monitorHealth,
  type RequestEnd,
  type RequestStart,
  type SessionOptions,
} from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');

const options: SessionOptions = {
  contactPoints,
  applicationName: 'shop',
  consistency: 'LOCAL_QUORUM',
  timeout: 2_000,
  profiles: {
    // Statistics may be old, and may take their time.
    report: { consistency: 'LOCAL_ONE', timeout: 60_000, pageSize: 20_000 },
    // What a user waits for is asked of a second node when the first has not answered after 50 ms.
    page: { timeout: 500, speculation: constantSpeculation({ delay: 50 }) },
  },
};
const session = createSession(options);

session.topology.subscribe(({ nodes, localDataCenter }) => {
  const up = nodes.filter(({ isUp }) => isUp);
  console.log(`${up.length} of ${nodes.length} nodes are up; ${localDataCenter} is local`);
});

session.events.subscribe((event) => {
  switch (event.type) {
    case 'nodeDown':
    case 'nodeUp':
      console.log(`${event.type}: ${event.node.address}`);
      break;
    case 'connectionClosed':
      // Undefined where the session itself has closed it.
      if (event.error !== undefined) console.error(event.error.message);
      break;
    case 'schemaChange':
      console.log(`${event.change}: ${event.target} ${event.keyspace} ${event.name ?? ''}`.trim());
      break;
  }
});

const count = 'SELECT count(*) FROM system_schema.tables';
const report = await lastValueFrom(session.execute(count, [], { profile: 'report' }));
const quick = await lastValueFrom(session.execute(count, [], { profile: 'report', timeout: 5_000 })); // but for the timeout
console.log(report.one(), quick.attempts);

const followed = new Map<number, string>();
subscribe('rxcql:request:start', (message) => {
  const { id, kind, cql: text } = message as RequestStart;
  if (text.includes('release_version')) followed.set(id, `${kind} ${text}`);
});
subscribe('rxcql:request:end', (message) => {
  const { id, outcome, pages } = message as RequestEnd;
  if (followed.has(id)) console.log(`${followed.get(id)}: ${outcome}, ${pages} page`);
});

const { nodes } = await firstValueFrom(session.topology);
for (const node of nodes.filter(({ isUp }) => isUp)) {
  const page = await lastValueFrom(session.execute('SELECT release_version FROM system.local', [], { node }));
  console.log(page.one()['release_version'] === node.releaseVersion);
}

const health = await lastValueFrom(session.health());
console.log(health.ok, health.nodes.filter(({ ok }) => !ok).length);

const watching = monitorHealth(session, { interval: 10_000 }).subscribe(({ nodes }) => {
  const lost = nodes.filter(({ ok }) => !ok).map(({ node, error }) => `${node.address}: ${error?.message}`);
  console.log(lost.length === 0 ? 'all nodes are well' : lost.join('\n'));
});
await firstValueFrom(monitorHealth(session));
watching.unsubscribe();

const { requests, errors, latency } = session.metrics;
console.log(requests > 2, errors, latency.percentile(99) > 0);

const created = firstValueFrom(session.events.pipe(filter(({ type }) => type === 'schemaChange')));
const statement =
  "CREATE KEYSPACE rxcql_cluster WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}";
await lastValueFrom(session.execute(statement));
await created;
await lastValueFrom(session.execute('DROP KEYSPACE rxcql_cluster'));
await lastValueFrom(session.close());
