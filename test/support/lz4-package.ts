import { createRequire } from 'node:module';

/** The package lz4, with which our own decoder is compared. */
export interface Lz4Package {
  readonly encodeBound: (length: number) => number;
  readonly encodeBlock: (input: Buffer, target: Buffer) => number;
  readonly decodeBlock: (input: Buffer, target: Buffer) => number;
}

function load(): Lz4Package {
  try {
    return createRequire(import.meta.url)('lz4') as Lz4Package;
  } catch (cause) {
    const message =
      'This test needs the package lz4, whose native part `npm ci` leaves out where it cannot be compiled: ' +
      'install python3, make and a C++ compiler, and run `npm ci` again.';
    throw new Error(message, { cause });
  }
}

export const lz4Package: Lz4Package = load();

/** What the package makes of bytes, however much that is. */
export function blockOf(plain: Uint8Array): Buffer {
  const target = Buffer.alloc(lz4Package.encodeBound(plain.length));
  return target.subarray(0, lz4Package.encodeBlock(Buffer.from(plain), target));
}

/** What the package makes of a block; undefined if it refuses it. */
export function plainOf(block: Uint8Array, length: number): Buffer | undefined {
  const target = Buffer.alloc(length);
  return lz4Package.decodeBlock(Buffer.from(block), target) === length ? target : undefined;
}

/** Instead of the package, where it is not installed: what Node throws then. */
export function notInstalled(): never {
  const message = "Cannot find module 'lz4'\nRequire stack:\n- /app/node_modules/rxcql/dist/codec/lz4.js";
  throw Object.assign(new Error(message), { code: 'MODULE_NOT_FOUND' });
}
