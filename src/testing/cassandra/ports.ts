// eslint-disable-next-line no-restricted-imports -- whether an address is free shows only when listening on it
import { createServer, type AddressInfo } from 'node:net';
import { concat, ignoreElements, Observable, take, zip } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import type { ClusterPlan } from './cluster-plan.js';
import { PortInUseError } from './errors.js';

/** Completes if every address of the plan is free; errors with a PortInUseError naming the first that is not. */
export function checkPorts({ nodes, port, storagePort }: ClusterPlan): Observable<never> {
  const attempts = nodes.flatMap(({ host }) => [occupy(host, port), occupy(host, storagePort)]);
  return concat(...attempts.map((attempt) => attempt.pipe(take(1)))).pipe(ignoreElements());
}

/** Emits ports of 127.0.0.1, all different, that are free at this moment. */
export function freePorts(count: number): Observable<readonly number[]> {
  return zip(Array.from({ length: count }, () => occupy('127.0.0.1', 0))).pipe(take(1));
}

/** Emits the port once it is occupied, and frees it when left. Port 0 is any that is free. */
function occupy(host: string, port: number): Observable<number> {
  return new Observable<number>((subscriber) => {
    const server = createServer();
    server.once('error', (error) => subscriber.error(refusal(host, port, error)));
    server.listen({ host, port, exclusive: true }, () => subscriber.next((server.address() as AddressInfo).port));
    return () => server.close();
  });
}

function refusal(host: string, port: number, cause: NodeJS.ErrnoException): Error {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new PortInUseError(
        host,
        port,
        `Port ${port} of ${host} is in use: a Cassandra may still be running there. Stop it, or start this one elsewhere ` +
          '(options host, port and storagePort).',
        { cause },
      );
    case 'EADDRNOTAVAIL':
      return new ConfigurationError(
        `${host} is not an address of this machine. On macOS each address but 127.0.0.1 has to be added first: ` +
          `sudo ifconfig lo0 alias ${host} up`,
        { cause },
      );
    default:
      return new ConfigurationError(`Nothing can listen on port ${port} of ${host}: ${cause.message}.`, { cause });
  }
}
