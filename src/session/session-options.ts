import type { Compression } from '../codec/compression.js';
import type { ProtocolVersion } from '../codec/envelope.js';
import { lz4 } from '../codec/lz4.js';
import { type ValueOptions, type ValueSettings, valueSettings } from '../codec/value-options.js';
import type { Directory } from '../cluster/directory.js';
import { type AllowedAddresses, type IsAllowed, isAllowedBy } from '../cluster/allowed-addresses.js';
import type { AddressTranslator } from '../cluster/policies/address-translator.js';
import type { LoadBalancingPolicy } from '../cluster/policies/load-balancing.js';
import { tokenAware } from '../cluster/policies/token-aware.js';
import { monotonicTimestamps, type TimestampGenerator } from '../cluster/policies/timestamps.js';
import { exponentialReconnection, type ReconnectionPolicy } from '../cluster/policies/reconnection.js';
import { ConfigurationError } from '../errors.js';
import type { Login } from '../wire/login.js';
import type { Encryption, Endpoint } from '../wire/socket.js';
import {
  callable,
  type Check,
  type Checks,
  checkOptions,
  flag,
  milliseconds,
  oneOf,
  text,
  wholeNumber,
} from '../check.js';
import { type AuthOption, authOption, loginOf } from './auth-options.js';
import { cloudOf, secureConnectBundle, type SettledByBundle } from './cloud/cloud-option.js';
import { codecs } from './codec-option.js';
import { aPort, contactPoints, parseContactPoint } from './contact-points.js';
import { FOREIGN_SESSION_OPTIONS } from './foreign-options.js';
import { aPolicy } from './policy-checks.js';
import {
  type Profile,
  REQUEST_CHECKS,
  type RequestDefaults,
  type RequestSettings,
  requestSettings,
} from './request-options.js';
import { encryptionOf, type TlsOption, tlsOption } from './tls-options.js';
import { type WriteClock, writeClock } from './write-time.js';

/** How a session connects, and the defaults of its requests. All times are milliseconds. */
export interface SessionOptions extends RequestDefaults, ValueOptions {
  /** Nodes to begin with, from which the others are learned: `'host'`, `'host:port'` or `'[::1]:port'`. Names are resolved at every attempt to connect. */
  contactPoints: readonly string[];
  /** The port of contact points that name none; default 9042. */
  port?: number;
  /** The data center whose nodes are used; needed where the contact points are in several. */
  localDataCenter?: string;
  /** Where table names without a keyspace are looked up; exactly as it is stored, so lower case unless it was quoted. */
  keyspace?: string;
  /**
   * Who the session is: a name and a password, or a SASL mechanism; or a function that gives one of these, which is asked at each new
   * connection, so that a password may change.
   */
  auth?: AuthOption;
  /**
   * Encrypt connections; default: they are not. True verifies the certificates of servers against the authorities that Node knows; for
   * others there are options, or a function that gives them, which is asked at each new connection, so that certificates may change. A
   * connection that cannot be encrypted as it should is not made.
   */
  tls?: TlsOption;
  /**
   * Compress requests and responses; by default neither is. With a server that does not offer it, a connection goes on without.
   * For both directions it takes the package `lz4` (0.6.5), which is optional: where it is not installed, or cannot be loaded,
   * only responses are compressed.
   */
  compression?: 'lz4';
  /**
   * The only version of the native protocol to speak. By default v5, or v4 with all nodes if one of those that there are to begin with
   * does not know v5. A node that does not speak the version of the session gets no requests.
   */
  protocolVersion?: 4 | 5;
  /** The lowest version to speak; default 4. With 5, nodes that do not know v5 get no requests. */
  minimumProtocolVersion?: 4 | 5;
  /**
   * When to connect again to a node that was lost; default {@link exponentialReconnection}. While no node is connected to,
   * requests fail at once, with a `NoHostAvailableError`: they do not wait for the next attempt.
   */
  reconnection?: ReconnectionPolicy;
  /** Defaults of requests under names of their own, which requests choose by their option `profile`. */
  profiles?: Readonly<Record<string, Profile>>;
  /** What gives writes their timestamps, microseconds as a bigint; default {@link monotonicTimestamps}. False: the clock of the server. */
  timestamps?: TimestampGenerator | false;
  /**
   * Where to connect to nodes whose addresses, as the cluster has them, are not those that they are reached at from here. Not asked
   * about contact points.
   */
  addressTranslator?: AddressTranslator;
  /**
   * Where nodes may be that the cluster tells of, so that a server cannot lead the session elsewhere: addresses and ranges such as
   * `'10.0.0.0/8'`, or a function. Others are left out, with a warning. What a translator gives is what counts. Default: anywhere.
   */
  allowedAddresses?: AllowedAddresses;
  /**
   * Connections to each node that requests are sent to; default 1, which takes 1,024 requests at a time. A ScyllaDB node has one for each
   * of its shards instead, whatever is said here.
   */
  connectionsPerNode?: number;
  /**
   * Whether to know the tables and types of the cluster; default true. They are read after the session is connected, and kept up to
   * date. Without it there is only how keyspaces are replicated.
   */
  schemaMetadata?: boolean;
  /** Until a socket is connected, and TLS is agreed on; default 5,000. */
  connectTimeout?: number;
  /** Until a node is ready for requests, connecting included; default 10,000. */
  handshakeTimeout?: number;
  /** A connection that nothing was read from for `idle` (15,000) is asked for a sign of life, due within `timeout` (5,000). */
  heartbeat?: { idle?: number; timeout?: number };
  /** Requests in flight on one connection; default 1,024, at most 32,000. */
  maxRequestsPerConnection?: number;
  /** Requests on their way at a time, to all nodes; default 8,192. Others wait. */
  maxConcurrent?: number;
  /**
   * Requests that wait for a place; default 10,000. One more is a `ThrottleError`. While the session connects, or a statement is being
   * prepared, `maxConcurrent` others may wait as well.
   */
  maxQueue?: number;
  /** Shown by the server beside the connection, with the two below. */
  applicationName?: string;
  applicationVersion?: string;
  clientId?: string;
}

/** How a session connects to a database of DataStax Astra. */
export interface CloudSessionOptions extends Omit<SessionOptions, SettledByBundle> {
  /**
   * The secure connect bundle of the database, by its path or its bytes: it says where the nodes are, which all are reached by one proxy, and
   * whom to trust, and has a certificate for the session. Its service is asked for the proxy whenever the session has no connection left to
   * watch the cluster by. Credentials are given by `auth`.
   */
  secureConnectBundle: string | Uint8Array;
}

/** {@link SessionOptions}, checked, with every default filled in. */
export interface SessionSettings {
  readonly contactPoints: readonly Endpoint[];
  readonly directory: Directory | undefined;
  readonly port: number;
  readonly loadBalancing: LoadBalancingPolicy;
  readonly addressTranslator: AddressTranslator | undefined;
  readonly connectionsPerNode: number;
  readonly schemaMetadata: boolean;
  readonly localDataCenter: string | undefined;
  readonly keyspace: string | undefined;
  readonly login: Login | undefined;
  readonly encryption: Encryption | undefined;
  readonly isAllowed: IsAllowed;
  readonly protocolVersion: ProtocolVersion | undefined;
  readonly minimumProtocolVersion: ProtocolVersion | undefined;
  readonly compression: Compression | undefined;
  readonly reconnection: ReconnectionPolicy;
  readonly connectTimeout: number;
  readonly handshakeTimeout: number;
  readonly heartbeat: { readonly idle: number; readonly timeout: number };
  readonly maxRequestsPerConnection: number;
  readonly maxConcurrent: number;
  readonly maxQueue: number;
  readonly startup: Readonly<Record<string, string>>;
  readonly request: RequestSettings;
  readonly profiles: ReadonlyMap<string, RequestSettings>;
  /** Undefined where the server's clock is to count. */
  readonly timestamps: WriteClock | undefined;
  readonly values: ValueSettings;
}

const allowedAddresses: Check = (value, name) => {
  if (typeof value === 'function') return;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return;
  throw new ConfigurationError(
    `The option ${JSON.stringify(name)} must be an array of addresses and ranges such as '10.0.0.0/8', or a function.`,
  );
};

const HEARTBEAT_CHECKS: Checks<NonNullable<SessionOptions['heartbeat']>> = {
  idle: milliseconds,
  timeout: milliseconds,
};

const CHECKS: Checks<SessionOptions & CloudSessionOptions> = {
  ...REQUEST_CHECKS,
  contactPoints,
  secureConnectBundle,
  port: aPort,
  localDataCenter: text,
  keyspace: text,
  auth: authOption,
  tls: tlsOption,
  protocolVersion: oneOf(4, 5),
  minimumProtocolVersion: oneOf(4, 5),
  compression: oneOf('lz4'),
  reconnection: aPolicy,
  profiles: checkProfiles,
  timestamps: (value, name) => (value === false ? undefined : aPolicy(value, name)),
  addressTranslator: callable,
  allowedAddresses,
  connectionsPerNode: wholeNumber(1, 100),
  schemaMetadata: flag,
  connectTimeout: milliseconds,
  handshakeTimeout: milliseconds,
  heartbeat: (value) => checkOptions(value, HEARTBEAT_CHECKS, 'heartbeat options'),
  maxRequestsPerConnection: wholeNumber(1, 32_000),
  maxConcurrent: wholeNumber(1, 10_000_000),
  maxQueue: wholeNumber(0, 10_000_000),
  applicationName: text,
  applicationVersion: text,
  clientId: text,
  int64: oneOf('bigint', 'long', 'number'),
  timestamp: oneOf('date', 'number', 'bigint'),
  set: oneOf('set', 'array'),
  map: oneOf('map', 'object'),
  codecs,
};

function checkProfiles(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(`The option ${JSON.stringify(name)} must be an object of profiles by name.`);
  }
  for (const [profile, options] of Object.entries(value)) {
    checkOptions<Profile>(options, REQUEST_CHECKS, `options of the profile ${JSON.stringify(profile)}`);
  }
}

/** @throws ConfigurationError for what is unknown, missing or wrong. */
export function sessionSettings(given: SessionOptions | CloudSessionOptions): SessionSettings {
  checkOptions(given, CHECKS, 'session options', FOREIGN_SESSION_OPTIONS);
  const options: Partial<SessionOptions & CloudSessionOptions> = given;
  const cloud = cloudOf(options);
  const points = options.contactPoints ?? [];
  if (cloud === undefined) contactPoints(options.contactPoints, 'contactPoints');
  const { auth, tls, heartbeat, protocolVersion, minimumProtocolVersion } = options;
  if (protocolVersion !== undefined && protocolVersion < (minimumProtocolVersion ?? 4)) {
    throw new ConfigurationError('The option "protocolVersion" is lower than "minimumProtocolVersion".');
  }
  const request = requestSettings(options);
  return {
    contactPoints: points.map((point) => parseContactPoint(point, options.port ?? 9042)),
    directory: cloud?.directory,
    port: options.port ?? 9042,
    loadBalancing: options.loadBalancing ?? tokenAware(),
    addressTranslator: options.addressTranslator,
    connectionsPerNode: options.connectionsPerNode ?? 1,
    schemaMetadata: options.schemaMetadata ?? true,
    localDataCenter: options.localDataCenter,
    keyspace: options.keyspace ?? cloud?.keyspace,
    login: auth && loginOf(auth),
    encryption: cloud?.encryption ?? (tls && encryptionOf(tls)),
    isAllowed: options.allowedAddresses === undefined ? () => true : isAllowedBy(options.allowedAddresses),
    protocolVersion,
    minimumProtocolVersion,
    compression: options.compression && lz4(),
    reconnection: options.reconnection ?? exponentialReconnection(),
    connectTimeout: options.connectTimeout ?? 5_000,
    handshakeTimeout: options.handshakeTimeout ?? 10_000,
    heartbeat: { idle: heartbeat?.idle ?? 15_000, timeout: heartbeat?.timeout ?? 5_000 },
    maxRequestsPerConnection: options.maxRequestsPerConnection ?? 1_024,
    maxConcurrent: options.maxConcurrent ?? 8_192,
    maxQueue: options.maxQueue ?? 10_000,
    startup: startupOptions(options),
    request,
    profiles: new Map(
      Object.entries(options.profiles ?? {}).map(([name, profile]) => [name, requestSettings(profile, request)]),
    ),
    timestamps: options.timestamps === false ? undefined : writeClock(options.timestamps ?? monotonicTimestamps()),
    values: valueSettings(options),
  };
}

function startupOptions(options: Partial<SessionOptions>): Record<string, string> {
  const { applicationName, applicationVersion, clientId } = options;
  return {
    ...(applicationName === undefined ? {} : { APPLICATION_NAME: applicationName }),
    ...(applicationVersion === undefined ? {} : { APPLICATION_VERSION: applicationVersion }),
    ...(clientId === undefined ? {} : { CLIENT_ID: clientId }),
  };
}
