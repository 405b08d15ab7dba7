import { anything, type Checks, checkOptions, list, oneName, text, unknownName, wholeNumber } from '../../check.js';
import type { Compression } from '../../codec/compression.js';
import { lz4 } from '../../codec/lz4.js';
import { ConfigurationError } from '../../errors.js';
import { PASSWORD_AUTHENTICATOR } from './handshake-responses.js';
import {
  checkVersions,
  checkHost,
  listOfNodes,
  type NodeDescription,
  nodesOf,
  type ServerNode,
} from './server-node.js';
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
   * The nodes that its system tables describe, of which the server itself is the first: a list of objects, of which each
   * needs a `host`, an IP address, `[{ host: '127.0.0.1' }, { host: '127.0.0.2', rack: 'rack2' }]`. Default: one. A server on
   * TCP listens on the addresses of all of them but those with `listens: false`.
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

/** The names of {@link ServerOptions}, and what they may be. */
export const SERVER_CHECKS: Checks<ServerOptions> = {
  protocolVersions: list,
  compression: oneName(['lz4']),
  authentication: anything,
  nodes: listOfNodes,
  clusterName: text,
  tables: anything,
  replay: wholeNumber(0, Number.MAX_SAFE_INTEGER),
};

const AUTHENTICATION_CHECKS: Checks<NonNullable<ServerOptions['authentication']>> = {
  username: text,
  password: text,
  authenticator: text,
};

/**
 * Checks the options. Where the server is, its first node is.
 *
 * @throws ConfigurationError for an option that there is not, or a value that it cannot have.
 */
export function serverSettings(options: ServerOptions, host: string, port: number): ServerSettings {
  checkOptions(options, SERVER_CHECKS, 'options of the server');
  const { protocolVersions = [4, 5], compression, authentication, clusterName = 'Test Cluster', tables = {} } = options;
  checkVersions(protocolVersions);
  if (authentication !== undefined) checkAuthentication(authentication);
  checkHost(host);
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

function checkAuthentication(authentication: NonNullable<ServerOptions['authentication']>): void {
  checkOptions(authentication, AUTHENTICATION_CHECKS, 'settings of authentication');
  const { username, password } = authentication as Partial<typeof authentication>;
  if (username === undefined || password === undefined) {
    throw new ConfigurationError('authentication needs a username and a password, which clients have to send.');
  }
}

function checkRows(name: string, rows: TableRows): void {
  if (!Object.hasOwn(GIVEN, name)) {
    throw new ConfigurationError(
      unknownName(`The option "tables" cannot give rows of "${name}".`, name, Object.keys(GIVEN)),
    );
  }
  const stray = rows.flatMap(Object.keys).find((column) => !Object.hasOwn(GIVEN[name]!, column));
  if (stray === undefined) return;
  throw new ConfigurationError(
    unknownName(`The table ${name} has no column "${stray}".`, stray, Object.keys(GIVEN[name]!)),
  );
}
