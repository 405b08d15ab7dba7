/**
 * Every error of rxcql. One class per cause that a caller can act on; each has a stable `code`.
 *
 * Messages are sentences that say what happened, to what, and what to do. They hold no bound value, no row and no secret.
 */

/** A consistency level, under the specification's own name. */
export type Consistency =
  | 'ANY'
  | 'ONE'
  | 'TWO'
  | 'THREE'
  | 'QUORUM'
  | 'ALL'
  | 'LOCAL_QUORUM'
  | 'EACH_QUORUM'
  | 'SERIAL'
  | 'LOCAL_SERIAL'
  | 'LOCAL_ONE';

/** The kinds of server error: the names of the error codes of the native protocol (v5, section 9). */
export type ResponseErrorKind =
  | 'ServerError'
  | 'ProtocolError'
  | 'BadCredentials'
  | 'Unavailable'
  | 'Overloaded'
  | 'IsBootstrapping'
  | 'TruncateError'
  | 'WriteTimeout'
  | 'ReadTimeout'
  | 'ReadFailure'
  | 'FunctionFailure'
  | 'WriteFailure'
  | 'CdcWriteFailure'
  | 'CasWriteUnknown'
  | 'SyntaxError'
  | 'Unauthorized'
  | 'Invalid'
  | 'ConfigError'
  | 'AlreadyExists'
  | 'Unprepared'
  | 'RateLimit'
  | 'Unknown';

/**
 * The base of all errors of rxcql.
 *
 * @example
 * ```ts
 * session.execute('SELECT …').subscribe({
 *   error: (error) => {
 *     if (error instanceof CqlError && error.code === 'ERR_RXCQL_REQUEST_TIMEOUT') …
 *   },
 * });
 * ```
 */
export class CqlError extends Error {
  /** A stable name for programs: `ERR_RXCQL_…`. */
  readonly code: string;
  /**
   * Where to resume a query that this error has ended: the paging state of the page that could not be fetched, undefined if
   * that was the first. It may reveal keys: `inspect` and `JSON.stringify` do not show it, and it is not for logs.
   */
  declare readonly pagingState?: Buffer;
  /** The node that the request was last sent to, as `host:port`. */
  declare readonly coordinator?: string;
  /** How many times the request was sent. */
  declare readonly attempts?: number;
  /** Set on writes of which nobody can say whether they were, or will be, applied. */
  declare readonly outcome?: 'unknown';

  static {
    this.prototype.name = 'CqlError';
  }

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What a server's ERROR response says beyond its message; which fields there are depends on the kind. */
export interface ResponseErrorFields {
  /** The consistency level that was asked for. */
  readonly consistency?: Consistency;
  /** How many replicas would have been needed (`Unavailable`). */
  readonly required?: number;
  /** How many replicas were known to be alive (`Unavailable`). */
  readonly alive?: number;
  /** How many replicas answered in time. */
  readonly received?: number;
  /** How many answers the consistency level needs. */
  readonly blockFor?: number;
  /** Whether the replica asked for data (not only for a digest) answered. */
  readonly dataPresent?: boolean;
  /** How many replicas failed while executing the request. */
  readonly numFailures?: number;
  /** Protocol v5: the failure code of each replica that failed, by address. */
  readonly reasons?: ReadonlyMap<string, number>;
  /** `SIMPLE`, `BATCH`, `UNLOGGED_BATCH`, `COUNTER`, `BATCH_LOG`, `CAS`, `VIEW`, `CDC`, or what a newer server says. */
  readonly writeType?: string;
  /** Protocol v5: how many contentions a conditional write met. */
  readonly contentions?: number;
  readonly keyspace?: string;
  readonly table?: string;
  readonly function?: string;
  readonly argTypes?: readonly string[];
  /** The id that the server does not know (`Unprepared`). */
  readonly preparedId?: Buffer;
  /** What there was too much of (`RateLimit`). */
  readonly operation?: 'read' | 'write';
  /** Whether it was the coordinator that refused it, rather than a replica (`RateLimit`). */
  readonly rejectedByCoordinator?: boolean;
  /** The error code on the wire. */
  readonly errorCode?: number;
  /** The bytes behind the message, if there are any and the driver does not know the code (`Unknown`). */
  readonly rest?: Buffer;
}

/** The server answered with an ERROR. `kind` names the protocol's error code, the other fields are those of the kind. */
export class ResponseError extends CqlError {
  readonly kind: ResponseErrorKind;
  declare readonly consistency?: Consistency;
  declare readonly required?: number;
  declare readonly alive?: number;
  declare readonly received?: number;
  declare readonly blockFor?: number;
  declare readonly dataPresent?: boolean;
  declare readonly numFailures?: number;
  declare readonly reasons?: ReadonlyMap<string, number>;
  declare readonly writeType?: string;
  declare readonly contentions?: number;
  declare readonly keyspace?: string;
  declare readonly table?: string;
  declare readonly function?: string;
  declare readonly argTypes?: readonly string[];
  declare readonly preparedId?: Buffer;
  declare readonly operation?: 'read' | 'write';
  declare readonly rejectedByCoordinator?: boolean;
  declare readonly errorCode?: number;
  declare readonly rest?: Buffer;

  static {
    this.prototype.name = 'ResponseError';
  }

  constructor(kind: ResponseErrorKind, message: string, fields?: ResponseErrorFields, options?: { cause?: unknown }) {
    super(`ERR_RXCQL_RESPONSE_${constantCase(kind)}`, message, options);
    this.kind = kind;
    Object.assign(this, fields);
  }
}

/** The request was not answered within its `timeout`. Its late answer, should one come, reaches nobody. */
export class RequestTimeoutError extends CqlError {
  static {
    this.prototype.name = 'RequestTimeoutError';
  }

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_REQUEST_TIMEOUT', message, options);
  }
}

/** A connection could not be made, or was lost. `cause` has the reason, of the operating system where it gave one. */
export class ConnectionError extends CqlError {
  /** The node, as `host:port`. */
  readonly host: string;

  static {
    this.prototype.name = 'ConnectionError';
  }

  constructor(host: string, message: string, options?: { cause?: unknown; code?: string }) {
    super(options?.code ?? 'ERR_RXCQL_CONNECTION', message, options);
    this.host = host;
  }
}

/** No node could take the request. `errors` has every cause met on each node. */
export class NoHostAvailableError extends CqlError {
  /** By `host:port`. */
  readonly errors: ReadonlyMap<string, readonly Error[]>;

  static {
    this.prototype.name = 'NoHostAvailableError';
  }

  constructor(message: string, errors: ReadonlyMap<string, readonly Error[]>) {
    const causes = [...errors].map(([host, list]) => {
      const cause = list.map((error) => error.message).join('; ') || 'connecting has not ended yet.';
      // Most of them name the node themselves.
      return cause.includes(host) ? cause : `${host}: ${cause}`;
    });
    super('ERR_RXCQL_NO_HOST_AVAILABLE', [message, ...causes].join('\n  '));
    this.errors = errors;
  }
}

/** The other side broke the protocol, or speaks another one. The connection on which it happens is closed. */
export class ProtocolError extends CqlError {
  static {
    this.prototype.name = 'ProtocolError';
  }

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_PROTOCOL', message, options);
  }
}

/** A value cannot be bound to its marker. Nothing was sent. */
export class BindError extends CqlError {
  /** The column or marker that the value was meant for. */
  readonly column?: string;

  static {
    this.prototype.name = 'BindError';
  }

  constructor(message: string, options?: { cause?: unknown; column?: string | undefined }) {
    super('ERR_RXCQL_BIND', message, options);
    if (options?.column !== undefined) this.column = options.column;
  }
}

/** The session's bound on concurrent and waiting requests is reached. Nothing was sent. */
export class ThrottleError extends CqlError {
  static {
    this.prototype.name = 'ThrottleError';
  }

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_THROTTLE', message, options);
  }
}

/** The server refused the credentials, or asks for some and none were given. */
export class AuthenticationError extends CqlError {
  static {
    this.prototype.name = 'AuthenticationError';
  }

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_AUTHENTICATION', message, options);
  }
}

/** An option is unknown, of the wrong type, out of range, or does not go with another. Nothing was sent. */
export class ConfigurationError extends CqlError {
  static {
    this.prototype.name = 'ConfigurationError';
  }

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_CONFIGURATION', message, options);
  }
}

/** The session is closed or closing. */
export class SessionClosedError extends CqlError {
  static {
    this.prototype.name = 'SessionClosedError';
  }

  constructor(message = 'The session is closed. Create a new one to go on.', options?: { cause?: unknown }) {
    super('ERR_RXCQL_SESSION_CLOSED', message, options);
  }
}

/** Bytes of a response cannot be read as what they are declared to be. */
export class DecodeError extends CqlError {
  static {
    this.prototype.name = 'DecodeError';
  }

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_DECODE', message, options);
  }
}

function constantCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
