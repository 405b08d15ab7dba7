import { concatMap, defaultIfEmpty, defer, forkJoin, from, map, type Observable, switchMap, take } from 'rxjs';
import { type Check, type Checks, checkOptions, oneOf, wholeNumber } from '../check.js';
import type { ReplicationOptions } from '../cluster/replication.js';
import { ConfigurationError, CqlError } from '../errors.js';
import type { Session } from '../session/session.js';
import { byReplica } from './range-order.js';
import { ringArcs } from './ring-arcs.js';
import type { SizeEstimates } from './size-estimates.js';
import { sizeEstimates } from './size-estimates.js';
import { splitArcs } from './split-arcs.js';
import { formatTable, parseTable } from './table-shape.js';
import { rangeId, RING_SIZE, type TokenRange, tokensIn } from './token-range.js';

/** How a table is cut into ranges. */
export interface TokenRangesOptions {
  /**
   * How many ranges there are to be at least; there are more where replicas change more often. `'auto'`, the default: as many as have
   * `targetBytes` each, and at least eight for each node, unless the ring has fewer tokens than that.
   */
  splits?: number | 'auto';
  /** With `splits: 'auto'`: the bytes that a range should have; default 64 MiB. */
  targetBytes?: number;
  /** `'replica'`, the default, in turn from one set of replicas after another, large ranges first; `'ring'`, by their tokens. */
  order?: 'replica' | 'ring';
  /** What shuffles ranges that are alike in the order `'replica'`; default 0. */
  seed?: number;
  /**
   * Only every `of`-th range, beginning with that of `index`, from 0. All shards together have every range once, if they see the same
   * ring. Sizes, of which each shard may be told something else, do not decide how many ranges there are then.
   */
  shard?: { readonly index: number; readonly of: number };
}

const MOST_SPLITS = 1 << 20;

const splits: Check = (value, name) => {
  if (value !== 'auto') wholeNumber(1, MOST_SPLITS)(value, name);
};

const shard: Check = (value) => {
  checkOptions<{ index: number; of: number }>(
    value,
    { index: wholeNumber(0, 0x7fffffff), of: wholeNumber(1, 0x7fffffff) },
    'options of a shard',
  );
  if (!(value.index < value.of)) {
    throw new ConfigurationError('The option "shard" must have an "index" from 0 to less than "of".');
  }
};

const CHECKS: Checks<TokenRangesOptions> = {
  splits,
  targetBytes: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  order: oneOf('replica', 'ring'),
  seed: wholeNumber(-0x80000000, 0x7fffffff),
  shard,
};

const TARGET = 64 * 1024 * 1024;
const LEAST_FOR_A_NODE = 8;

/**
 * The ranges of a table by which it can be read in parts, each from its own replicas. Together they are the whole ring: each token is in
 * exactly one of them. None goes beyond the end of the ring, -2^63.
 *
 * Cold: each subscription plans anew, by what the session knows of the ring and what the nodes say of sizes. Emits all ranges and
 * completes. Errors with a `ConfigurationError` for an option that is wrong, or a cluster without the Murmur3Partitioner; with a
 * `CqlError` `ERR_RXCQL_NOT_IN_SCHEMA` if there is no such keyspace.
 *
 * @param table As `keyspace.table`, names as the schema has them.
 *
 * @example
 * ```ts
 * tokenRanges(session, 'shop.orders', { splits: 64 }).pipe(
 *   mergeMap((range) => scan(session, 'shop.orders', { ranges: [range] }).pipe(concatAll(), count()), 4),
 * );
 * ```
 */
export function tokenRanges(session: Session, table: string, options: TokenRangesOptions = {}): Observable<TokenRange> {
  return defer(() => {
    checkOptions<TokenRangesOptions>(options, CHECKS, 'options of tokenRanges()');
    const name = parseTable(table, session.keyspace);
    return session.connect().pipe(
      switchMap(() => forkJoin([replicationOf(session, name.keyspace), estimatesFor(session, name)])),
      map(([replication, estimates]) => plan(session, formatTable(name), replication, estimates, options)),
      concatMap((ranges) => from(ranges)),
    );
  });
}

const REPLICATION = 'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?';

// Read rather than taken from the metadata of the session, which may not be there yet, or not be wanted.
function replicationOf(session: Session, keyspace: string): Observable<ReplicationOptions> {
  return session.execute<readonly [unknown]>(REPLICATION, [keyspace], { rows: 'array' }).pipe(
    map((page) => {
      const [replication] = page.first() ?? [];
      if (replication === undefined) {
        throw new CqlError(
          'ERR_RXCQL_NOT_IN_SCHEMA',
          `The cluster has no keyspace ${JSON.stringify(keyspace)}. Names are case-sensitive.`,
        );
      }
      return (replication instanceof Map ? Object.fromEntries(replication) : replication) as ReplicationOptions;
    }),
  );
}

function estimatesFor(
  session: Session,
  { keyspace, table }: { readonly keyspace: string; readonly table: string },
): Observable<SizeEstimates> {
  return session.topology.pipe(
    take(1),
    map(({ nodes }) => nodes.filter(({ isUp }) => isUp)),
    // None comes of a session that is being closed. Without sizes the plan is made all the same, and whoever reads is told.
    defaultIfEmpty([]),
    switchMap((nodes) => sizeEstimates(session, nodes, keyspace, table)),
  );
}

function plan(
  session: Session,
  table: string,
  replication: ReplicationOptions,
  estimates: SizeEstimates,
  { splits: wanted = 'auto', targetBytes = TARGET, order = 'replica', seed = 0, shard: part }: TokenRangesOptions,
): TokenRange[] {
  const { ring } = session.metadata;
  if (ring.length === 0) {
    throw new ConfigurationError(
      `The ring of ${table} cannot be split: its cluster has no tokens of the Murmur3Partitioner.`,
    );
  }
  const nodes = new Set(ring.map(({ node }) => node)).size;
  const fewest = Math.min(ring.length, LEAST_FOR_A_NODE * nodes);
  const bySize = part === undefined ? Math.ceil(estimates.total / targetBytes) : part.of;
  const count = wanted === 'auto' ? Math.min(Math.max(fewest, bySize), MOST_SPLITS) : wanted;
  const ranges = splitArcs(ringArcs(ring, replication), count).map(({ start, end, replicas }): TokenRange => {
    const bytes = estimates.between(start, end);
    return {
      id: rangeId(start, end),
      start,
      end,
      replicas: replicas.map(({ address }) => address),
      fraction: Number(tokensIn(start, end)) / Number(RING_SIZE),
      ...(bytes !== undefined && { bytes }),
    };
  });
  const own = part === undefined ? ranges : ranges.filter((_, i) => i % part.of === part.index);
  return order === 'ring' ? own : byReplica(own, seed);
}
