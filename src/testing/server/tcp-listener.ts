// eslint-disable-next-line no-restricted-imports -- a server is where the sockets of others end
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { PortInUseError } from '../cassandra/errors.js';
import type { ServedConnection, Transport } from './served-connection.js';

/** A port on which somebody may connect. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Those who connect. Leaving it breaks all connections. */
  readonly sockets: Observable<AcceptedSocket>;
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
    const sockets = new Observable<AcceptedSocket>((accepted) => {
      const open = new Set<Socket>();
      server.on('connection', (socket) => {
        open.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => open.delete(socket));
        accepted.next(accept(socket));
      });
      return () => {
        for (const socket of open) socket.destroy();
      };
    });
    server.once('error', (cause) => subscriber.error(refusal(host, port, cause)));
    server.listen({ host, port, exclusive: true }, () =>
      subscriber.next({ host, port: (server.address() as AddressInfo).port, sockets }),
    );
    return () => server.close();
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
