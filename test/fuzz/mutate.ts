import { HEADER_LENGTH } from '../../src/codec/envelope.js';
import { sealSegment, TRAILER_LENGTH } from '../../src/codec/segment.js';
import { MAX_PAYLOAD, SEGMENT_HEADER_LENGTH } from '../../src/codec/segment-header.js';
import type { Sample } from './corpus.js';
import { hostileResult } from './hostile-result.js';
import type { Input } from './input.js';
import type { Random } from './random.js';

/** An input that a server might have sent, but did not. */
export function makeInput(random: Random, corpus: readonly Sample[]): Input {
  const { version } = random.pick(corpus);
  const envelopes = Array.from({ length: random.chance(85) ? 1 : 1 + random.below(4) }, () => {
    const envelope = makeEnvelope(random, corpus);
    // Any other version would end it at once; that happens by the mutations often enough.
    if ((envelope[0]! & 0x78) === 0 || random.chance(90)) envelope[0] = (envelope[0]! & 0xf8) | version;
    return envelope;
  });
  if (version === 4 || random.chance(60)) return { version, framing: 'envelopes', bytes: Buffer.concat(envelopes) };
  const framed = segments(random, Buffer.concat(envelopes));
  return { version, framing: 'segments', bytes: random.chance(60) ? framed : mutate(random, framed, [], corpus) };
}

/** Larger ones take their time, and are not worse. */
const MAX_RESULT = 64 * 1024;

function makeEnvelope(random: Random, corpus: readonly Sample[]): Buffer {
  if (random.chance(15)) {
    let result = hostileResult(random);
    while (result.length > MAX_RESULT) result = hostileResult(random);
    return random.chance(80) ? result : fixLength(mutate(random, result, [], corpus));
  }
  const sample = random.pick(corpus);
  let bytes = sample.bytes;
  let { fields } = sample;
  do {
    const mutated = mutate(random, bytes, fields, corpus);
    // What has moved is not where it was.
    if (mutated.length !== bytes.length) {
      const intact = Math.min(HEADER_LENGTH, mutated.length);
      fields = fields.filter(({ at, width }) => at + width <= intact);
    }
    bytes = mutated;
  } while (random.chance(40));
  return random.chance(90) ? fixLength(bytes) : bytes;
}

/** Makes the header announce what there is. */
function fixLength(envelope: Buffer): Buffer {
  if (envelope.length >= HEADER_LENGTH) envelope.writeInt32BE(envelope.length - HEADER_LENGTH, 5);
  return envelope;
}

/** Segments with the right checksums, one or several, as a server would make them or not. */
function segments(random: Random, content: Buffer): Buffer {
  const parts: Buffer[] = [];
  const isWhole = random.chance(70);
  for (let at = 0; at < content.length || parts.length === 0;) {
    const length = Math.min(content.length - at, isWhole ? MAX_PAYLOAD : 1 + random.below(content.length));
    const segment = Buffer.alloc(SEGMENT_HEADER_LENGTH + length + TRAILER_LENGTH);
    content.copy(segment, SEGMENT_HEADER_LENGTH, at, at + length);
    sealSegment(segment, 0, length, random.chance(95) ? isWhole : !isWhole);
    parts.push(segment);
    at += length;
  }
  return Buffer.concat(parts);
}

const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff];
const INTS = [-1, -2, 0, 1, 0x7fffffff, -0x80000000, 0x10000001, 0x4000001, 0xffff, 0x20000000];
const SHORTS = [0xffff, 0x7fff, 0x8000, 0, 1, 0x20, 0x21, 0x22, 0x30, 0x31, 0x15];

/** A copy with one thing changed. */
function mutate(random: Random, bytes: Buffer, fields: Sample['fields'], corpus: readonly Sample[]): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  const until = Math.min(copy.length, at + 1 + random.below(random.chance(70) ? 16 : copy.length));
  switch (random.below(fields.length > 0 ? 12 : 8)) {
    case 0:
    case 1:
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      return copy;
    case 2:
      copy[at] = random.pick(BYTES);
      return copy;
    case 3:
      return copy.subarray(0, at);
    case 4:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(until)]);
    case 5:
      return Buffer.concat([copy.subarray(0, until), copy.subarray(at)]);
    case 6:
      return Buffer.concat([copy.subarray(0, at), random.bytes(1 + random.below(12)), copy.subarray(at)]);
    case 7: {
      const other = random.pick(corpus).bytes;
      const from = random.below(other.length);
      return Buffer.concat([copy.subarray(0, at), other.subarray(from, from + 1 + random.below(other.length))]);
    }
    default: {
      const field = random.pick(fields);
      if (field.width === 4) {
        const value = copy.readInt32BE(field.at);
        copy.writeInt32BE(random.chance(50) ? random.pick(INTS) : (value + (random.chance(50) ? 1 : -1)) | 0, field.at);
      } else {
        const value = copy.readUInt16BE(field.at);
        const lie = random.chance(50) ? random.pick(SHORTS) : value + (random.chance(50) ? 1 : -1);
        copy.writeUInt16BE(lie & 0xffff, field.at);
      }
      return copy;
    }
  }
}
