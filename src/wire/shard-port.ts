import { defer, type Observable, of, retry, throwError } from 'rxjs';
import { ConnectionError } from '../errors.js';
import type { ConnectOptions } from './connect.js';
import { tcp } from './socket.js';

/** A shard of a ScyllaDB node, and where to ask for it. */
export interface ShardPort {
  /** The port of the node where connections go to the shard that their local port says: `local port mod count`. */
  readonly port: number;
  readonly shard: number;
  /** How many shards the node has. */
  readonly count: number;
}

/** The ports that anybody may connect from (RFC 6335, section 6). */
const FIRST_PORT = 49_152;
const LAST_PORT = 65_535;

/** How many local ports are tried for one connection. */
const MAX_TRIES = 50;

/**
 * Connects to a shard of a node: from a local port that stands for it, or the next such port if that is taken.
 *
 * @param attempt Connects with the options that it is given.
 * @param random From 0 to 1: so that the clients of a machine do not all begin with the same port.
 */
export function throughShardPort<T>(
  attempt: (options: ConnectOptions) => Observable<T>,
  options: ConnectOptions,
  target: ShardPort,
  random: () => number,
): Observable<T> {
  const { socket = tcp } = options;
  return defer(() => {
    const ports = localPorts(target, random());
    let tries = 0;
    return defer(() => {
      const localPort = ports[tries++]!;
      return attempt({
        ...options,
        socket: (endpoint, tcpOptions) => socket({ ...endpoint, port: target.port }, { ...tcpOptions, localPort }),
      });
    }).pipe(
      retry({
        count: ports.length - 1,
        delay: (error: unknown) => (isTaken(error) ? of(undefined) : throwError(() => error)),
      }),
    );
  });
}

/** The ports that stand for a shard, from some place on. At most {@link MAX_TRIES}. @param start From 0 to 1. */
export function localPorts({ shard, count }: ShardPort, start: number): number[] {
  const first = FIRST_PORT + ((shard - (FIRST_PORT % count) + count) % count);
  const length = Math.floor((LAST_PORT - first) / count) + 1;
  const begin = Math.floor(start * length);
  return Array.from({ length: Math.min(length, MAX_TRIES) }, (_, i) => first + ((begin + i) % length) * count);
}

/** Whether somebody else has the local port: the same is said at bind(), and at connect() where only this pair of ends is taken. */
function isTaken(error: unknown): boolean {
  if (!(error instanceof ConnectionError)) return false;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL';
}
