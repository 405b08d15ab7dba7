import type { Cluster } from '../cluster/cluster.js';
import type { Node } from '../cluster/node.js';
import type { KeyspaceMetadata } from '../cluster/schema/keyspace-metadata.js';
import { type Inspect, inspectCustom } from '../operators/inspect.js';
import { ConfigurationError } from '../errors.js';

type InspectArguments = [depth: number, options: object, inspect: Inspect];

/** What a session knows of its cluster: the schema, and where partitions are. */
export interface Metadata {
  /**
   * The keyspaces by name, as they were last read: a map that does not change; after a change of the schema there is another.
   * Empty before the session is connected, and for a moment after.
   */
  readonly keyspaces: ReadonlyMap<string, KeyspaceMetadata>;
  /**
   * The nodes that have a partition, the primary replica first; empty if that is not known.
   *
   * @param partition Its token, or its key: the bytes of the only column of the partition key as the server has them, and of several
   * columns for each `<length short> <bytes> <0 byte>`.
   */
  replicas(keyspace: string, partition: bigint | Uint8Array): readonly Node[];
  /**
   * The tokens of the ring in their order, each with the node that has it. Empty before the session is connected, and where tokens
   * are not those of the Murmur3Partitioner, which is the default of all servers since Cassandra 1.2.
   */
  readonly ring: readonly RingToken[];
  /**
   * CQL that makes a keyspace with all that is in it, or one of its tables with its indexes and views. Each statement ends with a
   * semicolon and a newline.
   *
   * @throws CqlError `ERR_RXCQL_NOT_IN_SCHEMA` if there is none of that name.
   */
  exportCql(keyspace: string, table?: string): string;
}

/** A token of the ring: the partitions between the token before it and this one, this one included, belong to its node first. */
export interface RingToken {
  readonly token: bigint;
  readonly node: Node;
}

/** {@link Metadata} of a cluster. What it shows of itself in logs and in JSON are the keyspaces. */
export function metadataOf(cluster: Cluster): Metadata {
  const metadata: Metadata & { toJSON(): object; [inspectCustom](...given: InspectArguments): string } = {
    toJSON: () => ({ keyspaces: Object.fromEntries(metadata.keyspaces) }),
    [inspectCustom]: (_depth, options, inspect) =>
      `Metadata ${inspect({ keyspaces: [...metadata.keyspaces.keys()] }, options)}`,
    get keyspaces() {
      return cluster.keeper.current.keyspaces;
    },
    replicas: (keyspace, partition) => {
      if (typeof partition === 'bigint') return cluster.replicas(keyspace, { position: partition });
      if (!(partition instanceof Uint8Array)) {
        throw new ConfigurationError(
          'A partition is given by its token, a bigint, or by its key, a Buffer or Uint8Array.',
        );
      }
      return cluster.replicas(keyspace, { position: cluster.tokenOf(partition, 0, partition.length) });
    },
    get ring() {
      return cluster.partitions.ring;
    },
    exportCql: (keyspace, table) => cluster.keeper.current.exportCql(keyspace, table),
  };
  return metadata;
}
