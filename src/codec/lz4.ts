import { createRequire } from 'node:module';
import { ProtocolError } from '../errors.js';
import type { Compression } from './compression.js';
import { damagedBlock, decompressBlock } from './lz4-block.js';

/** What is used of the package `lz4`. Both work on the whole of two buffers: it does not check where parts of them end. */
interface Lz4Package {
  /** Returns the compressed length, 0 if it does not fit into `target`. */
  readonly encodeBlock: (input: Buffer, target: Buffer) => number;
  /** Returns the plain length, less than 0 for what is no block or does not fit into `target`. */
  readonly decodeBlock: (input: Buffer, target: Buffer) => number;
}

/** Compressing 512 bytes costs half a microsecond and saves some 100 to 300 of them; below that, hardly a packet gets shorter. */
const THRESHOLD = 512;

/** From this plain length on the package decompresses faster than we do: 2 times at 256 bytes, 4 at 1 KiB, 8 at 128 KiB. */
const PACKAGE_FASTER_FROM = 128;

/**
 * LZ4, with the optional package `lz4` where that can be loaded. Without it what is received is decompressed all the same,
 * and nothing that is sent is compressed.
 *
 * @param load What loads the package; it may throw anything.
 */
export function lz4(load: () => unknown = loadPackage): Compression {
  const native = usable(load);
  return {
    name: 'lz4',
    threshold: native === undefined ? Infinity : THRESHOLD,
    compress: (input, start, end, target) => native?.encodeBlock(input.subarray(start, end), target) ?? 0,
    decompress: (input, start, end, length) => {
      refuseImpossible(length, end - start);
      if (native === undefined || length < PACKAGE_FASTER_FROM) return decompressBlock(input, start, end, length);
      const output = Buffer.allocUnsafe(length);
      if (native.decodeBlock(input.subarray(start, end), output) !== length) throw damagedBlock();
      return output;
    },
  };
}

/** A byte of a block stands for 255 bytes at most; an announced length beyond that is a lie, and must not cost memory. */
function refuseImpossible(length: number, compressedLength: number): void {
  if (length > 255 * compressedLength + 64) {
    throw new ProtocolError(`${compressedLength} bytes that were compressed by LZ4 cannot become ${length}.`);
  }
}

/** Not an `import`: nobody needs the package who does not ask for compression, and its absence is no error. */
function loadPackage(): unknown {
  return createRequire(import.meta.url)('lz4');
}

function usable(load: () => unknown): Lz4Package | undefined {
  try {
    const loaded = load() as Partial<Lz4Package> | undefined;
    const { encodeBlock, decodeBlock } = loaded ?? {};
    if (typeof encodeBlock === 'function' && typeof decodeBlock === 'function') return { encodeBlock, decodeBlock };
    warn('it lacks the functions encodeBlock and decodeBlock');
  } catch (error) {
    // Its native part is compiled when it is installed; where that went wrong, the error depends on how.
    if (!isMissing(error)) warn(error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

/** Whether the package itself was not found: not to install it is a choice. */
function isMissing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return code === 'MODULE_NOT_FOUND' && message?.startsWith("Cannot find module 'lz4'") === true;
}

function warn(reason: string): void {
  const message =
    'The package lz4 is installed but cannot be used, so that what is sent is not compressed: install it again.';
  process.emitWarning(message, { type: 'RxcqlWarning', code: 'RXCQL_LZ4_UNUSABLE', detail: reason });
}
