import type { Sample } from './corpus.js';
import type { Random } from './random.js';

const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff];
const INTS = [-1, -2, 0, 1, 0x7fffffff, -0x80000000, 0x10000001, 0x4000001, 0xffff, 0x20000000];
const SHORTS = [0xffff, 0x7fff, 0x8000, 0, 1, 0x20, 0x21, 0x22, 0x30, 0x31, 0x15];

/** A copy with one thing changed. */
export function mutate(random: Random, bytes: Buffer, fields: Sample['fields'], corpus: readonly Sample[]): Buffer {
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
