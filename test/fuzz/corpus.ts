import { readFileSync } from 'node:fs';
import { EnvelopeFlag, HEADER_LENGTH, type ProtocolVersion } from '../../src/codec/envelope.js';
import { Reader } from '../../src/codec/reader.js';
import { readResponse } from '../../src/codec/responses.js';
import { bytes as fromHex } from '../codec/support.js';
import { HANDMADE } from './handmade.js';

/** An envelope as a server sends it, and where in it there are numbers: lengths, counts, codes. */
export interface Sample {
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly bytes: Buffer;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly at: number;
  /** In bytes. */
  readonly width: 2 | 4;
}

/** What `capture.ts` has recorded, and what it could not. */
export function readCorpus(): Sample[] {
  const recorded = readFileSync(new URL('corpus.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const samples = recorded.map((line) => {
    const [version, name, base64] = line.split(' ') as [string, string, string];
    return sample(name, Number(version) as ProtocolVersion, Buffer.from(base64, 'base64'));
  });
  for (const { name, versions, opcode, flags = 0, body } of HANDMADE) {
    for (const version of versions) {
      const content = fromHex(body);
      const header = fromHex(`${(0x80 | version).toString(16)} 00 0001 00 00000000`);
      header[1] = flags;
      header[4] = opcode;
      header.writeInt32BE(content.length, 5);
      samples.push(sample(name, version, Buffer.concat([header, content])));
    }
  }
  return samples;
}

function sample(name: string, version: ProtocolVersion, bytes: Buffer): Sample {
  return { name, version, bytes, fields: fieldsOf(version, bytes) };
}

/** Reads a response with a look over the reader's shoulder: what it takes two or four bytes at a time are numbers. */
function fieldsOf(version: ProtocolVersion, bytes: Buffer): Field[] {
  const fields: Field[] = [{ at: 5, width: 4 }];
  const take = Object.getOwnPropertyDescriptor(Reader.prototype, 'take')!;
  const original = take.value as (this: Reader, count: number) => number;
  Object.defineProperty(Reader.prototype, 'take', {
    ...take,
    value(this: Reader, count: number): number {
      const at = original.call(this, count);
      if (count === 2 || count === 4) fields.push({ at, width: count });
      return at;
    },
  });
  try {
    const response = readResponse({
      version,
      flags: bytes[1]! & ~EnvelopeFlag.COMPRESSION,
      streamId: 1,
      opcode: bytes[4]!,
      buffer: bytes,
      start: HEADER_LENGTH,
      end: bytes.length,
    });
    if (response.kind === 'rows') fields.push(...lengthsIn(bytes, response.rows.start));
  } catch {
    // Without its columns a page cannot be read; what was read of it until then will do.
  } finally {
    Object.defineProperty(Reader.prototype, 'take', take);
  }
  return fields;
}

/** Where in rows there may be a length or a count: it is small, and so much is left. */
function lengthsIn(bytes: Buffer, start: number): Field[] {
  const fields: Field[] = [];
  for (let at = start; at + 4 <= bytes.length; at++) {
    const value = bytes.readInt32BE(at);
    if (value >= -1 && value <= bytes.length - at) fields.push({ at, width: 4 });
  }
  return fields;
}
