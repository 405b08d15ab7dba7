// What a fake Java runs in place of Cassandra's daemon: it reads the cassandra.yaml it is given (which is JSON) and answers
// the few requests by which the tests' kit sees whether a node is there. Settings of its own, under `fake` in that file:
//   dies: it logs an error with a stack trace and ends;  silent: it never listens;  stubborn: it ignores SIGTERM.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const config = process.argv.find((argument) => argument.startsWith('-Dcassandra.config=')).replace(/^.*?=/, '');
const settings = JSON.parse(readFileSync(fileURLToPath(config), 'utf8'));
const fake = settings.fake ?? {};

console.log(`pid ${process.pid}`);
if (fake.dies) {
  console.error(`ConfigurationException: ${fake.dies}`);
  for (let frame = 0; frame < 30; frame++) console.error(`\tat org.apache.cassandra.Frame${frame}(Frame.java:1)`);
  process.exit(3);
}
process.on('SIGTERM', () => {
  console.log('SIGTERM');
  if (!fake.stubborn) process.exit(143);
});

const answers = { 0x05: 0x06, 0x01: settings.authenticator ? 0x03 : 0x02, 0x0f: 0x10, 0x07: 0x08 };
const peers = settings.seed_provider[0].parameters[0].seeds.split(',').length - 1;
const count = Buffer.from([0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, peers]);

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (request) => {
    const body = request[4] === 0x07 ? Buffer.concat([count, count, count]) : Buffer.alloc(0);
    const header = Buffer.from([0x84, 0, 0, 0, answers[request[4]], 0, 0, 0, body.length]);
    socket.write(Buffer.concat([header, body]));
  });
});
if (fake.silent) setInterval(() => undefined, 1000);
else server.listen(settings.native_transport_port, settings.rpc_address, () => console.log('listening'));
