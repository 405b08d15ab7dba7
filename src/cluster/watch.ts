import { auditTime, buffer, catchError, concat, concatMap, delay, EMPTY, filter, ignoreElements, interval } from 'rxjs';
import { map, merge, mergeMap, type Observable, of, share, startWith, tap } from 'rxjs';
import type { CqlEvent, SchemaChange } from '../codec/event.js';
import type { Control } from './control.js';
import type { ClusterInfo } from './node-info.js';
import { onceMore } from './once-more.js';
import { readCluster, type ReadOptions } from './read-cluster.js';
import type { Schema } from './schema/schema.js';
import type { SchemaKeeper } from './schema-keeper.js';
import { type SchemaQuery, SchemaReader } from './schema/schema-reader.js';
import { systemPages } from './system-query.js';

/** Events come in bursts: what they ask for is done once for all of this time, in milliseconds. */
const WINDOW = 1_000;

/** A server says that a node is up a moment before the node takes connections (native protocol v5, section 4.2.6). */
const UP_DELAY = 1_000;

/** Events may be lost: the nodes are read again that often, in milliseconds. */
const REFRESH_INTERVAL = 60_000;

type StatusChange = Extract<CqlEvent, { readonly host: string }>;
type SchemaChangeEvent = SchemaChange & { readonly type: 'SCHEMA_CHANGE' };

/** What to do with what is learned of the cluster. */
export interface Watcher {
  /** The nodes, as they are now. Completes when that has been taken in. */
  onInfo(info: ClusterInfo): Observable<unknown>;
  onSchema(schema: Schema): void;
  onSchemaChange(change: SchemaChange): void;
  /** A server believes that a node is up, or down. */
  onHint(host: string, port: number, isUp: boolean): void;
  /** Whether the node with this address is a member. */
  knows(host: string, port: number): boolean;
  /** Completes when requests can be sent: reading all of the schema does not keep them waiting. */
  readonly ready: Observable<unknown>;
  readonly keeper: SchemaKeeper;
}

export interface WatchOptions extends ReadOptions {
  /** Whether to know what is in the keyspaces, and not only how they are replicated. */
  readonly schemaMetadata: boolean;
}

/**
 * Takes in what a control connection says, for as long as it is subscribed to. Never errors: what cannot be read now is read
 * the next time, and a connection that is lost is for others to notice.
 */
export function watch(
  { connection, info, events }: Control,
  options: WatchOptions,
  watcher: Watcher,
): Observable<never> {
  const all = events.pipe(share());
  const statuses = all.pipe(
    filter((event): event is StatusChange => event.type === 'STATUS_CHANGE'),
    // Of what is said of a node in a burst, the last counts.
    (source) => source.pipe(buffer(source.pipe(auditTime(WINDOW)))),
    map((burst) => [...new Map(burst.map((event) => [`${event.host} ${event.port}`, event])).values()]),
    share(),
  );
  const strangers = statuses.pipe(filter((burst) => burst.some(({ host, port }) => !watcher.knows(host, port))));
  const nodes = merge(
    all.pipe(
      filter(({ type }) => type === 'TOPOLOGY_CHANGE'),
      auditTime(WINDOW),
    ),
    strangers,
    interval(REFRESH_INTERVAL),
  ).pipe(
    onceMore(() => readCluster(connection, options).pipe(catchError(() => EMPTY))),
    startWith(info),
    concatMap((latest) => watcher.onInfo(latest)),
  );
  const hints = statuses.pipe(
    concatMap((burst) => of(...burst)),
    (source) =>
      merge(
        source.pipe(filter(({ change }) => change === 'DOWN')),
        source.pipe(
          filter(({ change }) => change === 'UP'),
          delay(UP_DELAY),
        ),
      ),
    tap(({ host, port, change }) => watcher.onHint(host, port, change === 'UP')),
  );
  const changes = all.pipe(
    filter((event): event is SchemaChangeEvent => event.type === 'SCHEMA_CHANGE'),
    tap((event) => watcher.onSchemaChange(event)),
    share(),
  );
  const { keeper } = watcher;
  const { warn, schemaMetadata: withTables } = options;
  const query: SchemaQuery = (cql, values) => systemPages(connection, cql, { values });
  const schemas = merge(
    keeper.keep(new SchemaReader({ query, warn, withTables })),
    new SchemaReader({ query, warn, withTables: false }).read().pipe(catchError(() => EMPTY)),
  ).pipe(tap((schema) => watcher.onSchema(schema)));
  const refreshes = merge(
    withTables ? concat(watcher.ready.pipe(ignoreElements()), keeper.readAll()) : EMPTY,
    changes.pipe(
      buffer(changes.pipe(auditTime(WINDOW))),
      mergeMap((burst) => keeper.refresh(burst)),
    ),
  );
  return merge(nodes, hints, changes, schemas, refreshes).pipe(ignoreElements());
}
