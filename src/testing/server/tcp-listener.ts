// eslint-disable-next-line no-restricted-imports -- a server is where the sockets of others end
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { defer, EMPTY, Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { PortInUseError } from '../cassandra/errors.js';
import type { ServedConnection, Transport } from './served-connection.js';

/** A port on which somebody may connect. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Those who connect. Leaving it breaks all connections. */
  readonly sockets: Observable<AcceptedSocket>;
  /** Breaks all connections and refuses others. Completes when it is so. */
  stop(): Observable<void>;
  /** Takes connections again, on the same port. Completes when it does. */
  start(): Observable<void>;
}

/** A socket that waits to be given somebody who serves it. */
export interface AcceptedSocket {
  readonly transport: Transport;
  attach(connection: ServedConnection): void;
}

/** Emits once it listens; leaving it frees the port. Port 0 is any that is free. */
export function listen(host: string, port: number): Observable<Listener> {
  return new Observable((subscriber) => {
    const server = createServer({ noDelay: true });
    const open = new Set<Socket>();
    const breakAll = (): void => {
      for (const socket of open) socket.destroy();
    };
    const sockets = new Observable<AcceptedSocket>((accepted) => {
      server.on('connection', (socket) => {
        open.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => open.delete(socket));
        accepted.next(accept(socket));
      });
      return breakAll;
    });
    const stop = new Observable<void>((stopped) => {
      // It closes when the last connection has; one that does not listen has nothing to close.
      server.close(() => stopped.complete());
      breakAll();
    });
    subscriber.add(
      listening(server, host, port).subscribe({
        error: (reason: unknown) => subscriber.error(reason),
        complete: () => {
          const { port: own } = server.address() as AddressInfo;
          const start = defer(() => (server.listening ? EMPTY : listening(server, host, own)));
          subscriber.next({ host, port: own, sockets, stop: () => stop, start: () => start });
        },
      }),
    );
    return () => server.close();
  });
}

/** Completes when the server listens. */
function listening(server: Server, host: string, port: number): Observable<void> {
  return new Observable((subscriber) => {
    const fail = (cause: Error): void => subscriber.error(refusal(host, port, cause));
    server.once('error', fail);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', fail);
      subscriber.complete();
    });
  });
}

function accept(socket: Socket): AcceptedSocket {
  return {
    transport: {
      write: (bytes) => void socket.write(bytes),
      end: () => void socket.end(),
      reset: () => void socket.resetAndDestroy(),
      stopReading: () => void socket.pause(),
    },
    attach: (connection) => {
      socket.on('data', (bytes) => connection.receive(bytes));
      socket.on('close', () => connection.close());
    },
  };
}

function refusal(host: string, port: number, cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'EADDRINUSE') {
    const message = `Port ${port} of ${host} is in use: stop what listens there, or give the server another port.`;
    return new PortInUseError(host, port, message, { cause });
  }
  return new ConfigurationError(`Nothing can listen on port ${port} of ${host}: ${cause.message}.`, { cause });
}
