/**
 * `npm run cassandra -- --nodes 3`: a cluster that runs, while one develops, until Ctrl-C.
 *
 * A terminal sends Ctrl-C to npm and to this process. npm itself passes on SIGTERM, for which package.json says `exec`, so that no
 * shell stands between, but not a SIGINT that only npm gets, as from `kill -INT`: send that to this process, or SIGTERM to npm.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ignoreElements, map, merge, type Observable, takeWhile } from 'rxjs';
import { startCassandra, type CassandraCluster, type CassandraNode, type CassandraOptions } from 'rxcql/testing';

const usage = `Usage: npm run cassandra -- [options]

  --nodes <number>      how many nodes (default 1)
  --version <version>   of Apache Cassandra (default 5.0.5)
  --heap <size>         of each node (default 512m)
  --directory <folder>  where data are kept (default: a temporary folder)
  --host <address>      the first node's, the others follow (default 127.0.0.1)
  --port <number>       on which the nodes answer CQL (default 9042)
  --storage-port <number>
                        on which the nodes talk to each other (default 7000)
  --authentication      ask for a password (cassandra, for the role cassandra)
  --help                this

It needs Java 11 or 17 and, the first time, Maven. A second cluster beside it needs another host, or another port
and storage port.`;

function readOptions(): CassandraOptions {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string' },
      version: { type: 'string' },
      heap: { type: 'string' },
      directory: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      'storage-port': { type: 'string' },
      authentication: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const { nodes, port, 'storage-port': storagePort, help, ...others } = values;
  if (help) {
    console.log(usage);
    process.exit();
  }
  return {
    ...others,
    ...(nodes && { nodes: Number(nodes) }),
    ...(port && { port: Number(port) }),
    ...(storagePort && { storagePort: Number(storagePort) }),
  };
}

function describe({ nodes, contactPoints, localDataCenter, directory }: CassandraCluster): string {
  const connect = { contactPoints, localDataCenter };
  return `
${nodes.map(({ address, datacenter, rack }) => `${address}  ${datacenter}, ${rack}`).join('\n')}

Connect:  connect(${JSON.stringify(connect)})
Logs:     ${nodes.map((_, index) => join(directory, `node${index + 1}`, 'logs', 'system.log')).join('\n          ')}
Stop:     Ctrl-C
`;
}

/** The last lines of what a node has written. */
function endOfLog({ logs }: CassandraNode): string {
  const lines: string[] = [];
  logs.subscribe((line) => lines.push(line)).unsubscribe();
  return lines
    .slice(-10)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Says when a node has ended that nobody has told to. Completes when there is none left. */
function deaths({ nodes }: CassandraCluster): Observable<never> {
  const living = new Set(nodes);
  return merge(...nodes.map((node) => node.exits.pipe(map((exit) => ({ node, exit }))))).pipe(
    takeWhile(({ node, exit: { exitCode, signal, isWanted } }) => {
      if (isWanted) return true;
      living.delete(node);
      console.error(`Node ${node.address} has ended (${signal ?? `exit code ${exitCode}`}). The end of its log:`);
      console.error(endOfLog(node));
      if (living.size === 0) console.error('No node is left.');
      return living.size > 0;
    }),
    ignoreElements(),
  );
}

function run(options: CassandraOptions): void {
  const started = performance.now();
  console.log('Starting Cassandra …');
  const running = startCassandra(options).subscribe({
    next: (cluster) => {
      console.log(`Ready after ${((performance.now() - started) / 1000).toFixed(1)} s.`);
      console.log(describe(cluster));
      running.add(
        deaths(cluster).subscribe({
          complete: () => {
            process.exitCode = 1;
            running.unsubscribe();
          },
        }),
      );
    },
    error: (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
    complete: () => console.log('Stopping …'),
  });
}

try {
  run(readOptions());
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
