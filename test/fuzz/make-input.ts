import { HEADER_LENGTH } from '../../src/codec/envelope.js';
import type { Sample } from './corpus.js';
import { compressedEnvelope, segments } from './damaged-framing.js';
import { extremeResult } from './extreme-result.js';
import { hostileResult } from './hostile-result.js';
import type { Input } from './input.js';
import { mutate } from './mutate.js';
import type { Random } from './random.js';

/** An input that a server might have sent, but did not. */
export function makeInput(random: Random, corpus: readonly Sample[]): Input {
  const { version } = random.pick(corpus);
  const isCompressed = random.chance(25);
  const isExtreme = random.below(2_000) === 0;
  const envelopes = Array.from({ length: random.chance(85) ? 1 : 1 + random.below(4) }, () => {
    const envelope = isExtreme ? extremeResult(random) : makeEnvelope(random, corpus);
    // Any other version would end it at once; that happens by the mutations often enough.
    if ((envelope[0]! & 0x78) === 0 || random.chance(90)) envelope[0] = (envelope[0]! & 0xf8) | version;
    return isCompressed && version === 4 ? compressedEnvelope(random, envelope, corpus) : envelope;
  });
  if (version === 4 || random.chance(60)) {
    return {
      version,
      framing: 'envelopes',
      isCompressed: isCompressed && version === 4,
      isExtreme,
      bytes: Buffer.concat(envelopes),
    };
  }
  const framed = segments(random, Buffer.concat(envelopes), isCompressed, corpus);
  const bytes = random.chance(60) ? framed : mutate(random, framed, [], corpus);
  return { version, framing: 'segments', isCompressed, isExtreme, bytes };
}

/** Larger ones take their time, and are not worse. */
const MAX_RESULT = 32 * 1024;

function makeEnvelope(random: Random, corpus: readonly Sample[]): Buffer {
  if (random.chance(8)) {
    let result = hostileResult(random);
    while (result.length > MAX_RESULT) result = hostileResult(random);
    return random.chance(80) ? result : fixLength(mutate(random, result, [], corpus));
  }
  // Of two the larger: there are many short ones, of which all that can become has soon been seen.
  const [one, other] = [random.pick(corpus), random.pick(corpus)];
  const sample = one.bytes.length > other.bytes.length ? one : other;
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
