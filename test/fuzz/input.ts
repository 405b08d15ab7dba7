import { readFileSync } from 'node:fs';
import { type ProtocolVersion } from '../../src/codec/envelope.js';

/**
 * How the envelopes of an input are framed: bare, or in the segments of protocol v5. Compressed ones, when there are any, get
 * names of their own here, a way to be framed in `mutate.ts` and a way to be read in `check.ts`.
 */
export type InputFraming = 'envelopes' | 'segments';

/** What a connection receives. */
export interface Input {
  readonly version: ProtocolVersion;
  readonly framing: InputFraming;
  readonly bytes: Buffer;
}

/** An input as one word: `v5:segments:<hex>`. */
export function formatInput({ version, framing, bytes }: Input): string {
  return `v${version}:${framing}:${bytes.toString('hex')}`;
}

/** The other way round. @param text The word, or `@file` where it is too long for a command line. */
export function parseInput(text: string): Input {
  const word = text.startsWith('@') ? readFileSync(text.slice(1), 'utf8').trim() : text;
  const match = /^v([45]):(envelopes|segments):((?:[0-9a-f]{2})*)$/.exec(word);
  if (match === null) throw new RangeError('An input is written v4:envelopes:<hex>, or v5: and segments.');
  return {
    version: Number(match[1]) as ProtocolVersion,
    framing: match[2] as InputFraming,
    bytes: Buffer.from(match[3]!, 'hex'),
  };
}
