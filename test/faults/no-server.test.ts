import { createServer, type AddressInfo } from 'node:net';
import { NoHostAvailableError } from 'rxcql';
import { error, opcode, when } from 'rxcql/testing';
import { expect } from 'vitest';
import { scenario, type World } from './oracles.js';

/** Listens, and says something to whoever connects. */
async function saying(world: World, greeting: Buffer | 'nothing' | 'end'): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    world.atEnd(() => socket.destroy());
    if (greeting === 'end') socket.destroy();
    else if (greeting !== 'nothing') socket.write(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.atEnd(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const HTTP = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n';

const GREETINGS: readonly (readonly [string, Buffer | 'nothing' | 'end', RegExp])[] = [
  ['a web server', Buffer.from(HTTP), /"HTTP\/1\.1 400 Ba/],
  ['a server of TLS', Buffer.from('15030300020228', 'hex'), /0x15030300020228/],
  ['an SSH server', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), /"SSH-2\.0-OpenSSH/],
  ['a server that ends the connection', 'end', /closed the connection|ECONNRESET|EPIPE/],
  ['a server that says nothing', 'nothing', /was not ready within 200 ms; is it a CQL server\?/],
];

for (const [what, greeting, words] of GREETINGS) {
  scenario(`R11 ${what} is none for CQL, and it is said what it is`, {}, async (world) => {
    const contactPoint = await saying(world, greeting);
    const session = world.unconnected({ contactPoints: [contactPoint], handshakeTimeout: 200 });
    const { error: failure, took } = await world.read(session).ended;
    expect(failure).toBeInstanceOf(NoHostAvailableError);
    const causes = (failure as unknown as NoHostAvailableError).errors.get(contactPoint)!;
    expect(causes.length).toBe(1);
    expect(causes[0]!.message).toMatch(words);
    expect(failure!.message).toMatch(words);
    expect(took).toBeLessThan(greeting === 'nothing' ? 200 + 150 : 500);
  });
}

scenario('R19 every contact point is bad in its own way: all are named, each with its cause', {}, async (world) => {
  const closed = await saying(world, 'nothing').then(() => '127.0.0.1:1');
  const silent = await saying(world, 'nothing');
  const web = await saying(world, Buffer.from(HTTP));
  const refusing = await world.server([], { authentication: { username: 'ada', password: 'another' } });
  const broken = await world.server([when(opcode('QUERY')).reply(error('ServerError', { message: 'no such table' }))]);
  const nameless = 'no-such-host.invalid:9042';
  const contactPoints = [nameless, closed, silent, refusing.contactPoint, broken.contactPoint, web];
  const session = world.unconnected({ contactPoints, handshakeTimeout: 200 });
  const { error: failure } = await world.read(session).ended;
  expect(failure).toBeInstanceOf(NoHostAvailableError);
  const { errors } = failure as unknown as NoHostAvailableError;
  // They are asked in any order.
  expect([...errors.keys()].sort()).toEqual([...contactPoints].sort());
  const words = [
    /no-such-host\.invalid/,
    /ECONNREFUSED/,
    /not ready within 200 ms/,
    /refused the credentials/,
    /no such table/,
    /HTTP/,
  ];
  for (const [i, contactPoint] of contactPoints.entries()) {
    expect(
      errors.get(contactPoint)!.map(({ message }) => message),
      contactPoint,
    ).toEqual([expect.stringMatching(words[i]!)]);
    expect(failure!.message).toMatch(words[i]!);
  }
  // A line for each, which begins with a host or has it.
  expect(failure!.message.split('\n').length).toBe(contactPoints.length + 1);
});
