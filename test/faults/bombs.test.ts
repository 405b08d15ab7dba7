import { cql, node, opcode, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { crc32 } from '../../src/codec/crc.js';
import { COMPRESSED_HEADER_LENGTH, putCompressedHeader } from '../../src/codec/segment-header.js';
import { inOrder, scenario } from './oracles.js';
import { READ } from './tokens.js';

const NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }];
const READS = opcode('EXECUTE').and(cql(READ)).and(node('127.0.0.1'));
const MEBIBYTE = 1024 * 1024;

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** Blocks of LZ4, and how long they say that they are: 131,071 is the most that a segment of v5 can say. */
const BLOCKS: readonly (readonly [string, Buffer, number])[] = [
  ['that would be 255 times as long, and more', hex('1f 61 01 00 ff ff'), 131_071],
  ['of which the literals end too early', hex('f0 10 61 61'), 31],
  ['with a match at distance 0', hex('10 61 00 00 50 61 61 61 61 61'), 10],
  ['with a match before its beginning', hex('10 61 ff 00 50 61 61 61 61 61'), 10],
  ['that is shorter than it says', hex('50 61 61 61 61 61'), 6],
  ['that is longer than it says', hex('50 61 61 61 61 61'), 4],
  ['whose length is all of it', Buffer.alloc(131_071, 0xff), 131_071],
];

/** Those that only v4 can say, whose envelopes may be longer. */
const LONG_BLOCKS: typeof BLOCKS = [
  ['of 2 GiB', hex('1f 61 01 00 ff ff'), 0x7fffffff],
  ['of less than nothing', hex('50 61 61 61 61 61'), -1],
  ['of more than is taken', Buffer.alloc(MEBIBYTE), 64 * MEBIBYTE + 1],
  ['of a megabyte of length', Buffer.alloc(MEBIBYTE, 0xff), 64 * MEBIBYTE],
];

/** A compressed envelope of v4: `<plain length int> <block>` is its body. */
function bombOfV4(streamId: number, block: Buffer, plainLength: number): Buffer {
  const bytes = Buffer.concat([Buffer.from([0x84, 1, 0, 0, 0x08, 0, 0, 0, 0, 0, 0, 0, 0]), block]);
  bytes.writeInt16BE(streamId, 2);
  bytes.writeInt32BE(4 + block.length, 5);
  bytes.writeInt32BE(plainLength, 9);
  return bytes;
}

/** A segment of v5, of which both checksums are right. */
function bombOfV5(block: Buffer, plainLength: number): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(COMPRESSED_HEADER_LENGTH), block, Buffer.alloc(4)]);
  putCompressedHeader(bytes, 0, block.length, plainLength, true);
  const end = bytes.length - 4;
  bytes.writeUInt32LE(crc32(bytes, COMPRESSED_HEADER_LENGTH, end), end);
  return bytes;
}

describe.each([4, 5] as const)('a block of LZ4, in v%i', (protocolVersion) => {
  for (const [what, block, plainLength] of protocolVersion === 4 ? [...BLOCKS, ...LONG_BLOCKS] : BLOCKS) {
    scenario(`R09 ${what} ends the connection, at little cost`, { memory: 16 }, async (world) => {
      let isOn = false;
      const bomb = when(READS.and(() => isOn)).bytes(({ streamId }) =>
        protocolVersion === 4 ? bombOfV4(streamId, block, plainLength) : bombOfV5(block, plainLength),
      );
      const server = await world.server([bomb], { nodes: NODES, compression: 'lz4' });
      const session = await world.session(server, { protocolVersion, compression: 'lz4', loadBalancing: inOrder });
      await world.warmUp(session);
      isOn = true;
      const [once, again] = [world.read(session, { idempotent: false }), world.read(session)];
      expect((await once.ended).error).toMatchObject({ name: 'ConnectionError' });
      expect(once.error!.cause).toMatchObject({ code: expect.stringMatching(/PROTOCOL|DECODE/) as string });
      expect((await again.ended).error).toBeUndefined();
      isOn = false;
      await world.recovers(() => world.read(session));
    });
  }
});
