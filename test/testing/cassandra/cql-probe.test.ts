import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { answersCql, reachesPeers, type Endpoint } from '../../../src/testing/cassandra/cql-probe.js';

let server: Server | undefined;
afterEach(() => server?.close());

const noBytes = Buffer.alloc(0);
const error = (message: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0x10, 0, 0, message.length]), Buffer.from(message)]);

/** A server that gives the same answer to each opcode, byte by byte or whole, and notes what it was asked. */
async function serve(
  answers: Record<number, readonly [opcode: number, body: Buffer]>,
  { byteByByte = false, authentication = false } = {},
): Promise<{ endpoint: Endpoint; requests: Buffer[] }> {
  const requests: Buffer[] = [];
  server = createServer((socket) => {
    socket.setNoDelay(true).on('data', (request) => {
      requests.push(request);
      const answer = answers[request[4]!];
      if (!answer) return void socket.destroy();
      const header = Buffer.from([0x84, 0, 0, 0, answer[0], 0, 0, 0, answer[1].length]);
      const bytes = Buffer.concat([header, answer[1]]);
      if (byteByByte) for (const byte of bytes) socket.write(Buffer.from([byte]));
      else socket.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { endpoint: { host: '127.0.0.1', port, tls: undefined, authentication }, requests };
}

const outcome = (endpoint: Endpoint, peers?: number): Promise<unknown> =>
  lastValueFrom(peers === undefined ? answersCql(endpoint) : reachesPeers(endpoint, peers), { defaultValue: 'yes' });

const supported = [0x06, noBytes] as const;
const counts = (...values: number[]): readonly [number, Buffer] => [
  0x08,
  Buffer.concat([
    Buffer.from('metadata'),
    ...values.map((value) => Buffer.from([0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, value])),
  ]),
];

describe('answersCql', () => {
  it('asks OPTIONS, and is content with SUPPORTED, however it arrives', async () => {
    const { endpoint, requests } = await serve({ 0x05: [0x06, Buffer.from('some body')] }, { byteByByte: true });
    expect(await outcome(endpoint)).toBe('yes');
    expect(requests).toEqual([Buffer.from([4, 0, 0, 0, 5, 0, 0, 0, 0])]);
  });

  it('logs in when there is a password', async () => {
    const answers = { 0x05: supported, 0x01: [0x03, noBytes], 0x0f: [0x10, noBytes] } as const;
    const { endpoint, requests } = await serve(answers, { authentication: true });
    expect(await outcome(endpoint)).toBe('yes');
    expect(requests.at(-1)!.toString('latin1')).toBe('\x04\0\0\0\x0f\0\0\0\x18\0\0\0\x14\0cassandra\0cassandra');
  });

  it('errors with what the server says', async () => {
    const answers = { 0x05: supported, 0x01: [0x03, noBytes], 0x0f: [0x00, error('bad credentials')] } as const;
    const { endpoint } = await serve(answers, { authentication: true });
    await expect(outcome(endpoint)).rejects.toThrow('It answered with an error: bad credentials');
  });

  it('errors when the connection is refused, is closed, or brings something else', async () => {
    await expect(outcome((await serve({})).endpoint)).rejects.toThrow('It closed the connection.');
    server!.close();
    const { endpoint } = await serve({ 0x05: [0x02, noBytes] });
    await expect(outcome(endpoint)).rejects.toThrow('It answered opcode 5 with opcode 2, not 6.');
    server!.close();
    await expect(outcome(endpoint)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('reachesPeers', () => {
  const answers = { 0x05: supported, 0x01: [0x02, noBytes] } as const;

  it('is content when all is known about every other node, and a query at ALL succeeds', async () => {
    const { endpoint, requests } = await serve({ ...answers, 0x07: counts(2, 2, 2) });
    expect(await outcome(endpoint, 2)).toBe('yes');
    const last = requests.at(-1)!;
    expect(last.toString('latin1')).toContain('system_traces');
    expect(last.subarray(-3)).toEqual(Buffer.from([0, 5, 0])); // <consistency ALL><no flags>
  });

  it('is not content when something is missing about one of them', async () => {
    const { endpoint } = await serve({ ...answers, 0x07: counts(2, 2, 1) });
    await expect(outcome(endpoint, 2)).rejects.toThrow('It knows 1 of 2 other nodes.');
  });

  it('is not content when one is thought to be down', async () => {
    const { endpoint } = await serve({ ...answers, 0x07: [0x00, error('Cannot achieve ALL')] });
    await expect(outcome(endpoint, 2)).rejects.toThrow('Cannot achieve ALL');
  });
});
