import { readFileSync } from 'node:fs';
import { type ProtocolVersion } from '../../src/codec/envelope.js';

/** How the envelopes of an input are framed: bare, or in the segments of protocol v5. */
export type InputFraming = 'envelopes' | 'segments';

/** What a connection receives. */
export interface Input {
  readonly version: ProtocolVersion;
  readonly framing: InputFraming;
  /** Whether LZ4 was agreed on, with which v4 compresses bodies and v5 segments. */
  readonly isCompressed: boolean;
  /** Whether it was made to take as much as can be had for its bytes. */
  readonly isExtreme: boolean;
  readonly bytes: Buffer;
}

/** An input as one word: `v5:segments:<hex>`, with what holds of it: `v5:segments+lz4+extreme:<hex>`. */
export function formatInput({ version, framing, isCompressed, isExtreme, bytes }: Input): string {
  const marks = `${isCompressed ? '+lz4' : ''}${isExtreme ? '+extreme' : ''}`;
  return `v${version}:${framing}${marks}:${bytes.toString('hex')}`;
}

/** The other way round. @param text The word, or `@file` where it is too long for a command line. */
export function parseInput(text: string): Input {
  const word = text.startsWith('@') ? readFileSync(text.slice(1), 'utf8').trim() : text;
  const match = /^v([45]):(envelopes|segments)(\+lz4)?(\+extreme)?:((?:[0-9a-f]{2})*)$/.exec(word);
  if (match === null) {
    throw new RangeError(
      'An input is written v4:envelopes:<hex>; there are v5, segments, and +lz4 and +extreme after either.',
    );
  }
  return {
    version: Number(match[1]) as ProtocolVersion,
    framing: match[2] as InputFraming,
    isCompressed: match[3] !== undefined,
    isExtreme: match[4] !== undefined,
    bytes: Buffer.from(match[5]!, 'hex'),
  };
}
