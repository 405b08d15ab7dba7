import { Transform } from 'node:stream';
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
  createZstdDecompress?: (options: { chunkSize: number }) => Decompressor;
}

/** Of the bytes that it was given it tells how many it has taken. */
type Decompressor = Transform & { readonly bytesWritten: number };

/** What decompresses, stream after stream. @throws FileError where this version of Node.js cannot do it. */
export function decompressing(compression: Compression, file: string, chunkSize: number): Transform[] {
  if (compression === 'gzip') return [zlib.createGunzip({ chunkSize })];
  const make = (zlib as Zstd).createZstdDecompress;
  if (make !== undefined) return toTheEnd(make({ chunkSize }), file);
  throw new FileError(file, `${file} is compressed by zstd, which takes Node.js 22.15, 23.8 or later.`);
}

/** Node reads one frame, and says nothing of what stands behind it: those who put compressed files together would miss all but the first. */
function toTheEnd(decompressor: Decompressor, file: string): Transform[] {
  let given = 0;
  const before = new Transform({
    transform: (chunk: Uint8Array, _, done) => {
      given += chunk.length;
      done(null, chunk);
    },
  });
  const behind = new Transform({
    transform: (chunk: Uint8Array, _, done) => done(null, chunk),
    flush: (done) => done(decompressor.bytesWritten < given ? severalFrames(file) : null),
  });
  return [before, decompressor, behind];
}

function severalFrames(file: string): FileError {
  return new FileError(
    file,
    `${file} is compressed by zstd in several frames, of which Node.js reads the first: decompress it by \`zstd -d\` and read what comes out.`,
  );
}
