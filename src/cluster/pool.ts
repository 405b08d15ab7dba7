import { defer, ignoreElements, map, merge, type Observable, of, retry, switchMap, tap, timer } from 'rxjs';
import { consistencyCode } from '../codec/consistency.js';
import { Opcode } from '../codec/envelope.js';
import { writeQuery } from '../codec/requests.js';
import { AuthenticationError, ConfigurationError } from '../errors.js';
import { connect, type ConnectOptions } from '../wire/connect.js';
import type { Connection } from '../wire/connection.js';
import type { Request } from '../wire/driver-request.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import { useKeyspace } from '../wire/use-keyspace.js';
import type { ReconnectionPolicy } from './policies/reconnection.js';

export interface PoolOptions extends ConnectOptions {
  readonly reconnection: ReconnectionPolicy;
  /** A node of another data center is not used. */
  readonly localDataCenter: string | undefined;
  /** The keyspace that names without one are looked up in; it may change. */
  readonly keyspace: () => string | undefined;
}

/** How long a connection must hold before the next loss counts as the first. */
const HEALTHY_AFTER = 30_000;

/** What was refused for what we are will hardly be accepted soon; asking often would lock accounts and fill logs. */
const SLOW_RECONNECTION = 30_000;

/** The connection to one node, kept up. */
export class Pool {
  /** The node, as `host:port`. */
  readonly host: string;
  /** The connection, while there is one. */
  connection: Connection | undefined;
  /** Why the last attempt to have a connection failed. */
  lastError: Error | undefined;

  private readonly endpoint: Endpoint;
  private readonly options: PoolOptions;

  constructor(endpoint: Endpoint, options: PoolOptions) {
    this.endpoint = endpoint;
    this.host = formatEndpoint(endpoint);
    this.options = options;
  }

  /** Why there is no connection that could be used. A loss is known to the connection before it is known here. */
  get error(): Error | undefined {
    return this.connection?.error ?? this.lastError;
  }

  /**
   * Connects, and connects again whenever the connection is lost, for as long as it is subscribed to. Emits nothing and
   * never ends; `onChange` is called after {@link connection} or {@link lastError} has changed.
   */
  run(onChange: () => void): Observable<never> {
    let failures = 0;
    return defer(() => connect(this.endpoint, this.options)).pipe(
      switchMap((connection) => this.checkDataCenter(connection)),
      // Last, so that no USE can come between this and the connection's being one of those that are told of it.
      switchMap((connection) => useKeyspace(connection, this.options.keyspace)),
      switchMap((connection) =>
        merge(
          of(connection),
          after(HEALTHY_AFTER, () => (failures = 0)),
        ),
      ),
      tap({
        next: (connection) => {
          this.connection = connection;
          this.lastError = undefined;
          onChange();
        },
        error: (error: Error) => {
          this.connection = undefined;
          this.lastError = error;
          onChange();
        },
        unsubscribe: () => {
          this.connection = undefined;
        },
      }),
      retry({ delay: (error) => timer(this.delay(error, failures++)) }),
      ignoreElements(),
    );
  }

  private checkDataCenter(connection: Connection): Observable<Connection> {
    const { localDataCenter, handshakeTimeout } = this.options;
    if (localDataCenter === undefined) return of(connection);
    return connection.send(SELECT_DATA_CENTER, { timeout: handshakeTimeout }).pipe(
      map((response) => {
        const row = response.kind === 'rows' && response.rows.rowCount === 1 ? response.rows.cursor().next() : {};
        const found = String(row['data_center']);
        if (found === localDataCenter) return connection;
        throw new ConfigurationError(`${this.host} is in the data center '${found}', not in '${localDataCenter}'.`);
      }),
    );
  }

  private delay(error: unknown, failures: number): number {
    const delay = delayOf(this.options.reconnection, failures);
    const isRefusal = error instanceof AuthenticationError || error instanceof ConfigurationError;
    return isRefusal ? Math.max(delay, SLOW_RECONNECTION) : delay;
  }
}

/** What a policy says, if it says something that can be waited for; one that fails must not end the reconnecting. */
function delayOf(policy: ReconnectionPolicy, failures: number): number {
  try {
    const delay = policy(failures);
    return delay >= 0 && delay <= MAX_DELAY ? delay : SLOW_RECONNECTION;
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error), { code: 'RXCQL_RECONNECTION_POLICY' });
    return SLOW_RECONNECTION;
  }
}

/** The longest that Node's timers wait, in milliseconds. */
const MAX_DELAY = 0x7fffffff;

function after(delay: number, action: () => void): Observable<never> {
  return timer(delay).pipe(tap(action), ignoreElements());
}

const SELECT_DATA_CENTER: Request = {
  opcode: Opcode.QUERY,
  write: (writer, version) =>
    writeQuery(writer, version, 'SELECT data_center FROM system.local', { consistency: consistencyCode('ONE')! }),
};
