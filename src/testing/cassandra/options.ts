/** The options of `startCassandra`. */

/** The files of the nodes' TLS, in PEM. */
export interface TlsFiles {
  /** The certificate authority whose client certificates the nodes trust. */
  readonly ca: string;
  /**
   * The nodes' certificate, with its chain if it has one. Name the nodes' addresses in it (`subjectAltName=IP:127.0.0.1`)
   * for drivers that verify it, and let it serve clients too if `requireClient` is set: the check whether a node answers
   * presents it.
   */
  readonly cert: string;
  /** The private key of `cert`, not encrypted. */
  readonly key: string;
  /** Whether the nodes ask for a client certificate signed by `ca`. Default: false. */
  readonly requireClient?: boolean;
}

/** What `startCassandra` can be told. */
export interface CassandraOptions {
  /** How many nodes. Default: 1. Each takes about 0.7 GB of memory with the default `heap`. */
  readonly nodes?: number;
  /** The version of Apache Cassandra: 5.0.x (Java 11 or 17) or 4.1.x (Java 11). Default: `'5.0.5'`. */
  readonly version?: string;
  /** The heap of each node, as Java writes sizes. Default: `'512m'`. */
  readonly heap?: string;
  /**
   * Arguments for the Java of each node, after those that start it fast and small. `['-XX:TieredStopAtLevel=4']` gives up
   * seconds of the start for twice the throughput of long reads. Default: none.
   */
  readonly jvm?: readonly string[];
  /**
   * Where the nodes keep their data; the next start with the same folder finds them again. Start it with the same number
   * of nodes, `layout`, `host` and `storagePort`. Default: a temporary folder that goes with the cluster.
   */
  readonly directory?: string;
  /** The data center and the rack of each node. Default: all in `datacenter1`, `rack1`. */
  readonly layout?: readonly { readonly datacenter: string; readonly rack: string }[];
  /**
   * Settings of `cassandra.yaml`, for all nodes. A setting given here replaces the one that would be there otherwise, whole.
   * Addresses, ports, folders, seeds and the snitch are not for this: they follow from the other options.
   */
  readonly yaml?: Readonly<Record<string, unknown>>;
  /** Whether the nodes ask for a password. There is one role, `cassandra`, whose password is `cassandra`. Default: false. */
  readonly authentication?: boolean;
  /** The nodes talk TLS to their clients if this is given. */
  readonly tls?: TlsFiles;
  /**
   * The address of the first node; the others follow it. Two clusters can live side by side on different addresses.
   * A loopback address (127.…), since anybody who reaches a node may use it. Default: `'127.0.0.1'`.
   */
  readonly host?: string;
  /** The port on which the nodes answer CQL. Default: 9042. */
  readonly port?: number;
  /** The port on which the nodes talk to each other. Default: 7000. */
  readonly storagePort?: number;
  /** How long a node may take to answer after its start, in milliseconds. Default: 120 000. */
  readonly startTimeout?: number;
}
