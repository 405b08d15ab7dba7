// A server whose answers are made beforehand, in a process of its own, so that what is measured is the client: it says where it listens
// and ends with its parent. `node --import tsx test/bench/canned/main.ts [--nodes 3] [--rows 1000000]`
import { type AddressInfo, createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { CannedConnection } from './connection.js';
import { Statements } from './statements.js';

const { values } = parseArgs({
  options: { nodes: { type: 'string', default: '1' }, rows: { type: 'string', default: '1000000' } },
});
const hosts = Array.from({ length: Number(values.nodes) }, (_, i) => `127.0.0.${i + 1}`);

/** Serves one node; all have the port of the first. */
function serve([host, ...others]: readonly string[], given: number): void {
  if (host === undefined) {
    process.stdout.write(`${hosts[0]}:${given}\n`);
    return;
  }
  const server = createServer({ noDelay: true });
  server.listen(given, host, () => {
    const { port } = server.address() as AddressInfo;
    const nodes = [host, ...hosts.filter((other) => other !== host)];
    const statements = new Statements(nodes, port, Number(values.rows));
    server.on('connection', (socket) => new CannedConnection(socket, statements));
    serve(others, port);
  });
}

serve(hosts, 0);
process.stdin.resume().on('end', () => process.exit());
