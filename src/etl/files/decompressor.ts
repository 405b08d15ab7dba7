import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { FileError } from './file-error.js';

export type Compression = 'gzip' | 'zstd';

/** What the name of a file says. */
export function compressionOf(path: string): Compression | undefined {
  if (path.endsWith('.gz')) return 'gzip';
  return path.endsWith('.zst') ? 'zstd' : undefined;
}

/** Not in all versions of Node.js that there are. */
interface Zstd {
  createZstdDecompress?: (options: { chunkSize: number }) => Transform;
}

/** @throws FileError where this version of Node.js cannot do it. */
export function decompressor(compression: Compression, file: string, chunkSize: number): Transform {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize });
  const make = (zlib as Zstd).createZstdDecompress;
  if (make !== undefined) return make({ chunkSize });
  throw new FileError(file, `${file} is compressed by zstd, which takes Node.js 22.15, 23.8 or later.`);
}
