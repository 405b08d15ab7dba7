import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { lz4 } from '../../src/codec/lz4.js';
import { ProtocolError } from '../../src/errors.js';
import { blockOf, lz4Package, notInstalled, plainOf } from '../support/lz4-package.js';
import { thrownBy } from './support.js';

const TEXT = Buffer.from('a text in which a text is repeated, a text in which a text is repeated; '.repeat(20));

const loading = (message: string, code: string) => (): never => {
  throw Object.assign(new Error(message), { code });
};

let emitWarning: MockInstance<typeof process.emitWarning>;
beforeEach(() => {
  emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

describe('lz4 with the package', () => {
  it('compresses what can be read again, from the middle of a buffer', () => {
    const compression = lz4();
    const input = Buffer.concat([Buffer.alloc(3, 0xee), TEXT, Buffer.alloc(3, 0xee)]);
    const target = Buffer.alloc(TEXT.length);
    const length = compression.compress(input, 3, 3 + TEXT.length, target);
    expect(length).toBeGreaterThan(0);
    expect(plainOf(target.subarray(0, length), TEXT.length)?.equals(TEXT)).toBe(true);
    expect(emitWarning).not.toHaveBeenCalled();
  });

  it('compresses nothing that does not fit, and leaves what is behind the target alone', () => {
    const whole = Buffer.alloc(1_100, 0xee);
    expect(lz4().compress(randomBytes(1_000), 0, 1_000, whole.subarray(0, 999))).toBe(0);
    expect(lz4().compress(TEXT, 0, TEXT.length, whole.subarray(0, 20))).toBe(0);
    expect(whole.subarray(999).every((byte) => byte === 0xee)).toBe(true);
  });

  it('gives its native functions exact buffers, and decompresses what is short without them', () => {
    const decodeBlock = vi.fn(lz4Package.decodeBlock);
    const { decompress } = lz4(() => ({ encodeBlock: lz4Package.encodeBlock, decodeBlock }));
    const short = TEXT.subarray(0, 127);
    expect(decompress(blockOf(short), 0, blockOf(short).length, 127).equals(short)).toBe(true);
    expect(decodeBlock).not.toHaveBeenCalled();
    const block = blockOf(TEXT);
    const input = Buffer.concat([Buffer.alloc(7), block, Buffer.alloc(7)]);
    expect(decompress(input, 7, 7 + block.length, TEXT.length).equals(TEXT)).toBe(true);
    const [given, target, ...others] = decodeBlock.mock.calls[0]!;
    expect([given.equals(block), target.length, others.length]).toEqual([true, TEXT.length, 0]);
  });
});

describe('lz4 without the package', () => {
  it('decompresses, and has nothing to compress with', () => {
    const compression = lz4(notInstalled);
    const block = blockOf(TEXT);
    expect(compression.decompress(block, 0, block.length, TEXT.length).equals(TEXT)).toBe(true);
    expect(compression.threshold).toBe(Infinity);
    expect(compression.compress(TEXT, 0, TEXT.length, Buffer.alloc(TEXT.length))).toBe(0);
  });

  it('says nothing: not to install it is a choice', () => {
    // As Node itself says it.
    const require = createRequire('/nowhere/');
    lz4(() => require('lz4') as unknown);
    lz4(notInstalled);
    expect(emitWarning).not.toHaveBeenCalled();
  });

  it.each([
    ['was compiled for another system', loading('lz4.node: invalid ELF header', 'ERR_DLOPEN_FAILED')],
    ['was not compiled', loading("Cannot find module '../build/Release/xxhash'", 'MODULE_NOT_FOUND')],
    ['is another package', () => ({ compress: () => 0 })],
    ['is nothing', () => undefined],
    [
      'throws what is no error',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- that it may happen is the point
        throw undefined;
      },
    ],
  ])('does without it where it is installed but %s, and warns', (_, load) => {
    const compression = lz4(load);
    const block = blockOf(TEXT);
    expect(compression.decompress(block, 0, block.length, TEXT.length).equals(TEXT)).toBe(true);
    expect(compression.threshold).toBe(Infinity);
    expect(emitWarning.mock.calls).toEqual([
      [
        'The package lz4 is installed but cannot be used, so that what is sent is not compressed: install it again.',
        expect.objectContaining({ type: 'RxcqlWarning', code: 'RXCQL_LZ4_UNUSABLE' }),
      ],
    ]);
  });
});

describe.each([
  ['with the package', lz4],
  ['without it', () => lz4(notInstalled)],
])('decompress %s', (_, make) => {
  const { decompress } = make();
  const block = blockOf(TEXT);

  it.each([
    ['one byte less', TEXT.length - 1],
    ['one byte more', TEXT.length + 1],
    ['less than half', 500],
  ])('refuses a block that has not the announced length: %s', (_difference, length) => {
    expect(() => decompress(block, 0, block.length, length)).toThrow(ProtocolError);
  });

  it('refuses a block of which the end is missing', () => {
    expect(() => decompress(block, 0, block.length - 1, TEXT.length)).toThrow(ProtocolError);
  });

  it('refuses a length that no such block can have, before it allocates anything', () => {
    const allocate = vi.spyOn(Buffer, 'allocUnsafe');
    const error = thrownBy(() => decompress(Buffer.alloc(100), 0, 10, 2_615));
    expect(error).toEqual(new ProtocolError('10 bytes that were compressed by LZ4 cannot become 2615.'));
    expect(allocate).not.toHaveBeenCalled();
  });

  it('takes the most that a block can hold', () => {
    const zeros = Buffer.alloc(1024 * 1024);
    const most = blockOf(zeros);
    expect(zeros.length / most.length).toBeGreaterThan(250);
    expect(decompress(most, 0, most.length, zeros.length).equals(zeros)).toBe(true);
  });
});
