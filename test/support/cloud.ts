import { createServer as createHttps, type ServerOptions } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { strToU8, zipSync } from 'fflate';
import type { Certificate } from './certificates.js';

/** What the metadata service answers. */
export interface Answer {
  status: number;
  body: string;
}

/** A stand-in for a database in the cloud: a metadata service, and a proxy that leads to nodes by server names. */
export interface CloudStandIn {
  /** Where the metadata service is. */
  readonly port: number;
  /** Where the proxy is, as `host:port`. */
  readonly proxy: string;
  /** The server names that were asked for, in order. */
  readonly serverNames: readonly string[];
  /** How often the metadata service was asked. */
  asked: number;
  answer: Answer;
  /** Breaks all connections of the proxy. */
  cut(): void;
  close(): Promise<void>;
}

export interface CloudCertificates {
  readonly authority: Certificate;
  readonly server: Certificate;
}

/** @param nodes Where the node of each host id is, as `host:port`. */
export async function cloudStandIn(
  nodes: ReadonlyMap<string, string>,
  { authority, server }: CloudCertificates,
): Promise<CloudStandIn> {
  const options: ServerOptions = {
    cert: server.cert,
    key: server.key,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const sockets = new Set<Socket>();
  const serverNames: string[] = [];
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const proxy = createTls(options, (client) => {
    keep(client);
    const { servername } = client as unknown as { readonly servername: string | false };
    serverNames.push(servername || '');
    const [host, port] = (nodes.get(servername || '') ?? '').split(':');
    if (port === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect({ host: host!, port: Number(port), noDelay: true });
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const service = createHttps(options, (request, response) => {
    standIn.asked++;
    const isKnown = request.url === '/metadata' && request.method === 'GET';
    response.writeHead(isKnown ? standIn.answer.status : 404, { 'content-type': 'application/json' });
    response.end(standIn.answer.body);
  });
  const listen = (one: typeof proxy | typeof service): Promise<number> =>
    new Promise((resolve) => {
      one.on('connection', keep);
      one.on('tlsClientError', (_, socket) => socket.destroy());
      one.listen(0, '127.0.0.1', () => resolve((one.address() as AddressInfo).port));
    });
  const proxyAddress = `127.0.0.1:${await listen(proxy)}`;
  const port = await listen(service);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = (one: typeof proxy | typeof service): Promise<void> =>
    new Promise((resolve) => {
      one.close(() => resolve());
      cut();
    });
  const standIn: CloudStandIn = {
    port,
    proxy: proxyAddress,
    serverNames,
    asked: 0,
    answer: { status: 200, body: '' },
    cut,
    close: async () => {
      await stop(proxy);
      await stop(service);
    },
  };
  return standIn;
}

/** A secure connect bundle, with files that are other than usual, or undefined to leave them out. */
export function bundleOf(
  { authority, client }: { readonly authority: Certificate; readonly client: Certificate },
  config: object,
  changes: Readonly<Record<string, string | Uint8Array | undefined>> = {},
): Uint8Array {
  const files: Record<string, string | Uint8Array | undefined> = {
    'config.json': JSON.stringify(config),
    'ca.crt': authority.cert,
    cert: client.cert,
    key: client.key,
    'identity.jks': 'for others',
    ...changes,
  };
  const present = Object.entries(files).filter(
    (entry): entry is [string, string | Uint8Array] => entry[1] !== undefined,
  );
  return zipSync(
    Object.fromEntries(present.map(([name, file]) => [name, typeof file === 'string' ? strToU8(file) : file])),
  );
}
