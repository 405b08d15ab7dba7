import type { Compression } from '../../codec/compression.js';
import { lz4 } from '../../codec/lz4.js';
import { ConfigurationError } from '../../errors.js';
import { PASSWORD_AUTHENTICATOR } from './handshake-responses.js';
import { addressOf } from './node-address.js';
import { checkVersions, type NodeDescription, nodesOf, type ServerNode } from './server-node.js';
import { GIVEN } from './system-schema.js';

/** Rows of a table, by the names of its columns; what is missing is null. */
export type TableRows = readonly Readonly<Record<string, unknown>>[];

/** What a server of the testing kit is. */
export interface ServerOptions {
  /** The versions that it speaks; others it refuses as Cassandra does. Default: `[4, 5]`. */
  readonly protocolVersions?: readonly (4 | 5)[];
  /**
   * What it offers to compress with. It compresses only if the package `lz4` can be loaded, and decompresses in any case.
   * Default: nothing.
   */
  readonly compression?: 'lz4';
  /** Asks for this name and password; by PasswordAuthenticator, unless it says another class. Default: asks for nothing. */
  readonly authentication?: {
    readonly username: string;
    readonly password: string;
    readonly authenticator?: string;
  };
  /**
   * The nodes that its system tables describe, of which the server itself is the first. Default: one. A server on TCP
   * listens on the addresses of all of them but those with `listens: false`.
   */
  readonly nodes?: readonly NodeDescription[];
  /** The name of the cluster. Default: `'Test Cluster'`. */
  readonly clusterName?: string;
  /**
   * The rows of system tables that have none otherwise, by table: `{ 'system_schema.keyspaces': [{ keyspace_name: 'shop' }] }`.
   */
  readonly tables?: Readonly<Record<string, TableRows>>;
  /** How many requests `requests` replays to those who subscribe later. Default: all. */
  readonly replay?: number;
}

/** {@link ServerOptions} with every default filled in. */
export interface ServerSettings {
  readonly compression: Compression | undefined;
  readonly authentication: Required<NonNullable<ServerOptions['authentication']>> | undefined;
  readonly nodes: readonly ServerNode[];
  readonly clusterName: string;
  readonly tables: Readonly<Record<string, TableRows>>;
  readonly replay: number;
}

const NAMES: Readonly<Record<keyof ServerOptions, true>> = {
  protocolVersions: true,
  compression: true,
  authentication: true,
  nodes: true,
  clusterName: true,
  tables: true,
  replay: true,
};

/**
 * Checks the options. Where the server is, its first node is.
 *
 * @throws ConfigurationError for an option that there is not, or a value that it cannot have.
 */
export function serverSettings(options: ServerOptions, host: string, port: number): ServerSettings {
  const stray = Object.keys(options).find((name) => !Object.hasOwn(NAMES, name));
  if (stray !== undefined) throw new ConfigurationError(`The server has no option "${stray}".`);
  const { protocolVersions = [4, 5], compression, authentication, clusterName = 'Test Cluster', tables = {} } = options;
  checkVersions(protocolVersions);
  if (compression !== undefined && (compression as string) !== 'lz4') {
    throw new ConfigurationError(`compression may be "lz4", not ${JSON.stringify(compression)}.`);
  }
  addressOf(host);
  for (const [name, rows] of Object.entries(tables)) checkRows(name, rows);
  return {
    compression: compression && lz4(),
    authentication: authentication && { authenticator: PASSWORD_AUTHENTICATOR, ...authentication },
    nodes: nodesOf(options.nodes ?? [{ host }], port, protocolVersions),
    clusterName,
    tables,
    replay: options.replay ?? Infinity,
  };
}

function checkRows(name: string, rows: TableRows): void {
  if (!Object.hasOwn(GIVEN, name)) {
    throw new ConfigurationError(`tables can give the rows of ${Object.keys(GIVEN).join(', ')}; not of "${name}".`);
  }
  const stray = rows.flatMap(Object.keys).find((column) => !Object.hasOwn(GIVEN[name]!, column));
  if (stray !== undefined) throw new ConfigurationError(`The table ${name} has no column "${stray}".`);
}
