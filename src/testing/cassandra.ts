/** A real Apache Cassandra in one call. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concat, defer, EMPTY, merge, NEVER, Observable, of, switchMap, takeUntil, zip } from 'rxjs';
import type { CassandraNode } from './cassandra/cassandra-node.js';
import { planCluster, type ClusterPlan } from './cassandra/cluster-plan.js';
import { depart, departed } from './cassandra/departures.js';
import { interruption } from './cassandra/interruption.js';
import { findJava } from './cassandra/java.js';
import { LocalNode } from './cassandra/local-node.js';
import { fetchCassandra } from './cassandra/fetch-cassandra.js';
import { writeNodeFolder } from './cassandra/node-folder.js';
import type { CassandraOptions } from './cassandra/options.js';
import { checkPorts, freePorts } from './cassandra/ports.js';
import { temporaryFolder } from './cassandra/temporary-folder.js';

/** A cluster that runs for as long as the Observable of {@link startCassandra} is subscribed to. */
export interface CassandraCluster {
  readonly nodes: readonly CassandraNode[];
  /** The addresses of all nodes, as `host:port`. */
  readonly contactPoints: readonly string[];
  /** The data center of the first node. */
  readonly localDataCenter: string;
  /** The folder of the nodes' data and logs (`node1/logs/system.log` and so on). */
  readonly directory: string;
}

/**
 * Starts Apache Cassandra on this machine, without Docker: one node or several, on 127.0.0.1, 127.0.0.2 and so on. It needs
 * Linux or macOS, a fitting Java (11 or 17; see {@link CassandraOptions.version}) and, the first time, Maven (`mvn`), which
 * fetches Cassandra into `~/.cache/rxcql` (`XDG_CACHE_HOME` is honoured; `RXCQL_CASSANDRA_CACHE` names another folder). Java
 * is looked for in `CASSANDRA_JAVA_HOME`, `JAVA_HOME`, on the PATH, and in the usual folders.
 *
 * The Observable is cold and a resource. It emits once, when every node answers CQL (with `authentication`: when one can log
 * in) and reaches all others. It does not complete while the cluster is there; unsubscribing stops the cluster.
 *
 * **Stopping.** Unsubscribing cannot wait, so it begins the stop, at once: nodes with temporary data are killed, nodes with a
 * `directory` are terminated in an orderly way, which takes some seconds. A later `startCassandra` of the same program waits
 * until they are gone, so that it can have their addresses; to wait yourself, wait for a node's `logs` to complete. SIGINT,
 * SIGTERM and SIGHUP stop the nodes too, and the Observable completes; then the signal ends the program as it would have
 * without a cluster, unless the program listens to that signal itself, in which case it decides. However the program ends,
 * even if it is killed, no node outlives it by more than a moment.
 *
 * **Errors**, after which nothing is left running:
 *
 * - `ConfigurationError`: an option is wrong, or there is no fitting Java or no Maven;
 * - {@link PortInUseError}: another program is where a node has to listen;
 * - {@link CassandraFetchError}: Maven failed;
 * - {@link CassandraStartError}: a node ended, or did not answer within `startTimeout`. The message has the end of its log.
 *
 * @example
 * ```ts
 * startCassandra({ nodes: 3 })
 *   .pipe(
 *     switchMap(({ contactPoints, localDataCenter }) => connect({ contactPoints, localDataCenter })),
 *     switchMap((session) => session.query('SELECT cluster_name FROM system.local')),
 *     take(1),
 *   )
 *   .subscribe((page) => console.log([...page]));
 * ```
 */
export function startCassandra(options: CassandraOptions = {}): Observable<CassandraCluster> {
  return defer(() => {
    const plan = planCluster(options);
    const free = concat(departed, checkPorts(plan));
    const found = defer(() => findJava(plan.version)).pipe(
      switchMap((java) => zip(of(java), fetchCassandra(plan.version), freePorts(plan.nodes.length))),
      switchMap(([java, jars, jmxPorts]) => runCluster(plan, java, jars, jmxPorts)),
    );
    return concat(free, found);
  }).pipe(takeUntil(interruption));
}

function runCluster(
  plan: ClusterPlan,
  java: string,
  jars: string,
  jmxPorts: readonly number[],
): Observable<CassandraCluster> {
  return new Observable((subscriber) => {
    const temporary = plan.directory === undefined ? temporaryFolder(join(tmpdir(), 'rxcql-cassandra-')) : undefined;
    const directory = plan.directory ?? temporary!.path;
    const nodes = plan.nodes.map((node, index) => {
      const folder = writeNodeFolder(directory, plan, node);
      return new LocalNode(plan, node, { java, jars, folder, jmxPort: jmxPorts[index]! });
    });
    const cluster: CassandraCluster = {
      nodes,
      contactPoints: nodes.map(({ address }) => address),
      localDataCenter: plan.nodes[0]!.datacenter,
      directory,
    };
    subscriber.add(() => {
      // Data that nobody will see again need no farewell.
      const retirement = merge(...nodes.map((node) => node.retire({ orderly: !temporary })));
      depart(concat(retirement, temporary?.remove() ?? EMPTY));
    });
    const others = nodes.length - 1;
    concat(
      merge(...nodes.map((node) => node.start() as Observable<never>)),
      merge(...nodes.map((node) => (others > 0 ? node.join(others) : EMPTY))),
      of(cluster),
      NEVER,
    ).subscribe(subscriber);
  });
}
