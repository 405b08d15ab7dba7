import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';

/** What became of the agreement on TLS with a client. */
export interface Accepted {
  readonly version: string | null;
  readonly isResumed: boolean;
  /** The name that the client has asked for. */
  readonly servername: string | undefined;
}

/** What speaks TLS in front of a server that does not. */
export interface TlsProxy {
  readonly host: string;
  readonly port: number;
  readonly contactPoint: string;
  /** Those with whom TLS was agreed on, in order. */
  readonly accepted: readonly Accepted[];
  /** Takes other certificates, for connections to come. */
  change(options: TlsOptions): void;
  /** Breaks all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** Passes on what comes in TLS to `target` (`host:port`), and back. */
export async function tlsProxyTo(
  target: string,
  options: TlsOptions,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<TlsProxy> {
  const [targetHost, targetPort] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  const accepted: Accepted[] = [];
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer(options, (client) => {
    // Node says false, or null, where there is no name.
    const { servername } = client as unknown as { readonly servername: string | false | null };
    accepted.push({
      version: client.getProtocol(),
      isResumed: client.isSessionReused(),
      servername: servername || undefined,
    });
    const upstream = connect({ port: Number(targetPort), host: targetHost, noDelay: true });
    keep(client);
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.on('connection', keep);
  server.on('tlsClientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const own = (server.address() as AddressInfo).port;
  return {
    host,
    port: own,
    contactPoint: `${host}:${own}`,
    accepted,
    change: (changed) => server.setSecureContext(changed),
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
