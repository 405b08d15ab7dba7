import type { Partitioner } from './partitioner.js';
import { byteOrderedPartitioner } from './partitioners/byte-ordered-partitioner.js';
import { murmur3Partitioner } from './partitioners/murmur3-partitioner.js';
import { randomPartitioner } from './partitioners/random-partitioner.js';

const PARTITIONERS: ReadonlyMap<string, Partitioner> = new Map<string, Partitioner>([
  ['org.apache.cassandra.dht.Murmur3Partitioner', murmur3Partitioner],
  ['org.apache.cassandra.dht.RandomPartitioner', randomPartitioner],
  ['org.apache.cassandra.dht.ByteOrderedPartitioner', byteOrderedPartitioner],
]);

/**
 * The partitioner of a cluster by its class, as `partitioner` of system.local has it. Undefined for a class whose tokens the
 * driver cannot compute: its cluster can be used, but requests cannot be sent to the replicas of their partition.
 */
export function partitionerOf(className: string): Partitioner | undefined {
  return PARTITIONERS.get(className);
}
