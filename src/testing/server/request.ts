import type { Consistency } from '../../errors.js';

/** What a client can ask. */
export type RequestOpcode =
  'STARTUP' | 'OPTIONS' | 'QUERY' | 'PREPARE' | 'EXECUTE' | 'REGISTER' | 'BATCH' | 'AUTH_RESPONSE';

/** A statement of a batch. */
export interface RequestStatement {
  /** Its text; undefined if it goes by an id that the server does not know. */
  readonly cql?: string;
  /** The id under which it was prepared. */
  readonly preparedId?: Buffer;
  /** As {@link CqlRequest.values}. */
  readonly values: readonly unknown[];
}

/** A request as the server has understood it. What its opcode does not have is left out. */
export interface CqlRequest {
  readonly opcode: RequestOpcode;
  /** By which the answer finds back. */
  readonly streamId: number;
  /** Which connection it came on: 1 is the first that was made. */
  readonly connection: number;
  /** The node that was asked, as `host:port`. */
  readonly node: string;
  readonly version: 4 | 5;
  /** The text of QUERY and PREPARE, and of EXECUTE if the server knows the statement. */
  readonly cql?: string;
  /** Of EXECUTE. */
  readonly preparedId?: Buffer;
  /** Of EXECUTE in v5, or if STARTUP has asked for `SCYLLA_USE_METADATA_ID`: the columns that the client expects. */
  readonly resultMetadataId?: Buffer;
  /**
   * The values of QUERY and EXECUTE, in the order in which they came: `null`, `undefined` for one that is not set, and
   * otherwise what the type of the marker makes of them. They are bytes where the type is not known, as in a QUERY.
   */
  readonly values: readonly unknown[];
  /** The names of the values, where the client has given any. */
  readonly names?: readonly string[];
  readonly consistency?: Consistency;
  readonly serialConsistency?: Consistency;
  readonly pageSize?: number;
  readonly pagingState?: Buffer;
  /** Whether the columns of the result may be left out. */
  readonly skipMetadata?: boolean;
  /** Microseconds since the epoch. */
  readonly timestamp?: bigint;
  /** In v5, of QUERY, PREPARE, EXECUTE and BATCH: where names without a keyspace are looked up. */
  readonly keyspace?: string;
  /** In v5. */
  readonly nowInSeconds?: number;
  /** Of BATCH. */
  readonly batchType?: 'logged' | 'unlogged' | 'counter';
  /** Of BATCH. */
  readonly statements?: readonly RequestStatement[];
  /** Of REGISTER: `'STATUS_CHANGE'` and so on. */
  readonly events?: readonly string[];
  /** Of STARTUP. */
  readonly options?: ReadonlyMap<string, string>;
  /** Of AUTH_RESPONSE. */
  readonly token?: Buffer | null;
  /** Whether it asks for a trace. */
  readonly tracing: boolean;
  readonly customPayload?: ReadonlyMap<string, Buffer>;
  /** The body as it came, decompressed. */
  readonly body: Buffer;
}
