// A server whose answers are made beforehand, in a process of its own, so that what is measured is the client: it says where it listens
// and ends with its parent. `node --import tsx test/bench/canned/main.ts [--nodes 3] [--rows 1000000] [--tls]`
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { parseArgs } from 'node:util';
import { Certificates } from '../../support/certificates.js';
import { CannedConnection } from './connection.js';
import { Statements } from './statements.js';

/** What it says of itself when it listens. */
export interface Listening {
  readonly contactPoint: string;
  /** Who has signed its certificates, where it has any. */
  readonly ca?: string;
}

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1' },
    rows: { type: 'string', default: '1000000' },
    tls: { type: 'boolean', default: false },
  },
});
const hosts = Array.from({ length: Number(values.nodes) }, (_, i) => `127.0.0.${i + 1}`);

function certificate(): { cert: string; key: string } {
  const certificates = new Certificates();
  try {
    return certificates.make({ names: hosts.map((host) => `IP:${host}`).join(',') });
  } finally {
    certificates.remove();
  }
}

const own = values.tls ? certificate() : undefined;
const newServer = (): Server =>
  own === undefined ? createServer({ noDelay: true }) : createTlsServer({ ...own, noDelay: true });

/** Serves one node; all have the port of the first. */
function serve([host, ...others]: readonly string[], given: number): void {
  if (host === undefined) {
    const listening: Listening = { contactPoint: `${hosts[0]}:${given}`, ...(own && { ca: own.cert }) };
    process.stdout.write(`${JSON.stringify(listening)}\n`);
    return;
  }
  const server = newServer();
  server.listen(given, host, () => {
    const { port } = server.address() as AddressInfo;
    const nodes = [host, ...hosts.filter((other) => other !== host)];
    const statements = new Statements(nodes, port, Number(values.rows));
    server.on(
      own === undefined ? 'connection' : 'secureConnection',
      (socket: Socket) => new CannedConnection(socket, statements),
    );
    serve(others, port);
  });
}

serve(hosts, 0);
process.stdin.resume().on('end', () => process.exit());
