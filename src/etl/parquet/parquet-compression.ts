import { brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import type { CompressionCodec, Compressors } from 'hyparquet';
import { compressors as portable } from 'hyparquet-compressors';
import { ConfigurationError } from '../../errors.js';

/** How the pages of a Parquet file are compressed. */
export type ParquetCompression = 'snappy' | 'gzip' | 'zstd' | 'none';

const CODECS: Readonly<Record<ParquetCompression, CompressionCodec>> = {
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  zstd: 'ZSTD',
  none: 'UNCOMPRESSED',
};

/** What Node has from 22.15 and 23.8 on; its types are those of an older one. */
const { zstdCompressSync, zstdDecompressSync } = zlib as {
  zstdCompressSync?: (input: Uint8Array) => Buffer;
  zstdDecompressSync?: (input: Uint8Array) => Buffer;
};

type Compress = (input: Uint8Array) => Uint8Array;

/** @throws ConfigurationError for zstd where Node has none. */
export function compressionOf(compression: ParquetCompression): {
  codec: CompressionCodec;
  compressors: Record<string, Compress>;
} {
  if (compression === 'zstd' && zstdCompressSync === undefined) {
    throw new ConfigurationError(
      'This version of Node has no zstd: compress by snappy or gzip, or use Node 22.15 or 24.',
    );
  }
  const gzip: Compress = (input) => gzipSync(input, { level: constants.Z_BEST_SPEED });
  return {
    codec: CODECS[compression],
    compressors: { GZIP: gzip, ...(zstdCompressSync && { ZSTD: zstdCompressSync }) },
  };
}

/** No page is longer: what announces more is damaged. */
const LONGEST_PAGE = 2 ** 30;

/**
 * What reads compressed pages: Node where it can, which is several times as fast, and comes to an end with bytes that are damaged; otherwise
 * JavaScript and WebAssembly.
 */
export function decompressors(): Compressors {
  const chosen: Compressors = {
    ...portable,
    BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) }),
    GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(length, 1) }),
    ...(zstdDecompressSync && { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) }),
  };
  const guarded = Object.entries(chosen).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number): Uint8Array => {
      if (length > LONGEST_PAGE) throw new RangeError(`A page announces ${length} bytes.`);
      return decompress(input, length);
    },
  ]);
  return Object.fromEntries(guarded) as Compressors;
}
