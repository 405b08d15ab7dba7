import { CqlError } from '../../errors.js';

/** A node of {@link startCassandra} ended, or did not answer in time, while it was started. The message ends with the end of its log. */
export class CassandraStartError extends CqlError {
  /** The node, as `host:port`. */
  readonly node: string;

  static {
    this.prototype.name = 'CassandraStartError';
  }

  constructor(node: string, message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_CASSANDRA_START', message, options);
    this.node = node;
  }
}

/** Apache Cassandra could not be fetched with Maven. The message ends with what Maven said last. */
export class CassandraFetchError extends CqlError {
  static {
    this.prototype.name = 'CassandraFetchError';
  }

  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_CASSANDRA_FETCH', message, options);
  }
}

/** Something else listens where a node of {@link startCassandra}, or `cqlServer()`, has to. Nothing was started. */
export class PortInUseError extends CqlError {
  /** The address of the node. */
  readonly host: string;
  /** The port that is taken. */
  readonly port: number;

  static {
    this.prototype.name = 'PortInUseError';
  }

  constructor(host: string, port: number, message: string, options?: { cause?: unknown }) {
    super('ERR_RXCQL_PORT_IN_USE', message, options);
    this.host = host;
    this.port = port;
  }
}

/** The node of a {@link startCassandra} cluster is not in the state that the call needs: it is not running, paused, or its cluster is stopped. */
export class NodeStateError extends CqlError {
  /** The node, as `host:port`. */
  readonly node: string;

  static {
    this.prototype.name = 'NodeStateError';
  }

  constructor(node: string, message: string) {
    super('ERR_RXCQL_CASSANDRA_NODE_STATE', message);
    this.node = node;
  }
}

/** `nodetool` ended with an exit code other than 0. */
export class NodetoolError extends CqlError {
  /** The exit code; `null` if a signal ended the process. */
  readonly exitCode: number | null;
  /** What it wrote to standard error. */
  readonly stderr: string;
  /** What it wrote to standard output: some commands report their failure there. */
  readonly stdout: string;

  static {
    this.prototype.name = 'NodetoolError';
  }

  constructor(message: string, result: { exitCode: number | null; stdout: string; stderr: string }) {
    super('ERR_RXCQL_NODETOOL', message);
    this.exitCode = result.exitCode;
    this.stdout = result.stdout;
    this.stderr = result.stderr;
  }
}
