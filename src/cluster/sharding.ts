/** How a ScyllaDB node spreads its partitions over its shards: one for each of its cores. */
export interface Sharding {
  /** How many shards it has. */
  readonly count: number;
  /** How many of the highest bits of a token say nothing of its shard. */
  readonly ignoredBits: number;
  /** Where a client chooses its shard by the port that it connects from; undefined if the node has no such port. */
  readonly port: number | undefined;
}

/** {@link Sharding}, and to which shard the connection leads that says so. */
export interface ShardOfNode extends Sharding {
  readonly shard: number;
}

/** No machine has more cores; for each of them there is a connection. */
const MAX_SHARDS = 1024;

const ALGORITHM = 'biased-token-round-robin';
const PARTITIONER = 'org.apache.cassandra.dht.Murmur3Partitioner';

/**
 * ```
 * SCYLLA_SHARD: ["3"]                 SCYLLA_SHARDING_ALGORITHM: ["biased-token-round-robin"]
 * SCYLLA_NR_SHARDS: ["8"]             SCYLLA_PARTITIONER: ["org.apache.cassandra.dht.Murmur3Partitioner"]
 * SCYLLA_SHARDING_IGNORE_MSB: ["12"]  SCYLLA_SHARD_AWARE_PORT: ["19042"]
 *                                     SCYLLA_SHARD_AWARE_PORT_SSL: ["19142"]
 * ```
 *
 * What SUPPORTED says of shards, by ScyllaDB's extension of the protocol. Undefined if it says nothing, or something that makes no
 * sense here: the node is then used as one without shards, which works, but is slower.
 *
 * @param isEncrypted Whether connections are made with TLS, for which there is a port of its own.
 */
export function shardingOf(
  supported: ReadonlyMap<string, readonly string[]>,
  isEncrypted: boolean,
): ShardOfNode | undefined {
  const shard = wholeNumber(supported.get('SCYLLA_SHARD'));
  if (shard === undefined) return undefined;
  const count = wholeNumber(supported.get('SCYLLA_NR_SHARDS'));
  const ignoredBits = wholeNumber(supported.get('SCYLLA_SHARDING_IGNORE_MSB'));
  if (count === undefined || shard >= count || count > MAX_SHARDS) return undefined;
  if (ignoredBits === undefined || ignoredBits > 63) return undefined;
  if (supported.get('SCYLLA_SHARDING_ALGORITHM')?.[0] !== ALGORITHM) return undefined;
  if (supported.get('SCYLLA_PARTITIONER')?.[0] !== PARTITIONER) return undefined;
  const port = wholeNumber(supported.get(isEncrypted ? 'SCYLLA_SHARD_AWARE_PORT_SSL' : 'SCYLLA_SHARD_AWARE_PORT'));
  const isPort = port !== undefined && port > 0 && port <= 0xffff;
  return { shard, count, ignoredBits, port: isPort ? port : undefined };
}

function wholeNumber([text, ...others]: readonly string[] = []): number | undefined {
  return text !== undefined && others.length === 0 && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

/**
 * ```
 * biased = (token + 2^63) << ignoredBits   mod 2^64
 * shard  = biased * count / 2^64
 * ```
 *
 * The shard of a token of Murmur3: the ring without its highest bits is cut into as many equal parts as there are shards.
 */
export function shardOf(token: bigint, { count, ignoredBits }: Sharding): number {
  const biased = BigInt.asUintN(64, (token + 2n ** 63n) << BigInt(ignoredBits));
  return Number((biased * BigInt(count)) >> 64n);
}
