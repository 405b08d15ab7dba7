import { DecodeError } from '../../errors.js';
import { getU16 } from '../reader.js';
import type { ValueCodec } from '../value.js';
import { misfit } from './misfit.js';

const EXPECTED = 'an IPv4 or IPv6 address as text, or its 4 or 16 bytes';

/** An address as RFC 5952 writes it: lower case, the longest run of zeros left out, IPv4-mapped ones with a dotted end. */
export function formatAddress(buffer: Buffer, start: number, end: number): string {
  if (end - start === 4) return dotted(buffer, start);
  const groups = Array.from({ length: 8 }, (_, i) => getU16(buffer, start + 2 * i));
  if (groups.every((group, i) => (i < 5 ? group === 0 : i > 5 || group === 0xffff))) {
    return `::ffff:${dotted(buffer, start + 12)}`;
  }
  const [from, length] = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, from).join(':')}::${hex.slice(from + length).join(':')}`;
}

function dotted(buffer: Buffer, at: number): string {
  return `${buffer[at]!}.${buffer[at + 1]!}.${buffer[at + 2]!}.${buffer[at + 3]!}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): [from: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let from = 0; from < groups.length; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > best[1]) best = [from, length];
  }
  return best;
}

/** The longest text of an address: six groups, then four numbers. */
const MAX_TEXT = 45;

/** The 4 or 16 bytes of an address; undefined if the text is none. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (text.length > MAX_TEXT) return undefined;
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

function parseIPv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let from = 0;
  for (let part = 0; part < 4; part++) {
    let at = from;
    let value = 0;
    for (; at < from + 3; at++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      value = 10 * value + digit;
    }
    // A leading zero means octal to some readers: it is refused, as Node and Cassandra do.
    if (at === from || value > 255 || (at > from + 1 && text.charCodeAt(from) === 0x30)) return undefined;
    bytes[part] = value;
    if (part < 3 ? text[at] !== '.' : at !== text.length) return undefined;
    from = at + 1;
  }
  return bytes;
}

function parseIPv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** The bytes of groups between colons; where they end the address, the last may be an IPv4 address. */
function parseGroups(text: string, endsAddress: boolean): number[] | undefined {
  const bytes: number[] = [];
  const groups = text === '' ? [] : text.split(':');
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >>> 8, value & 0xff);
    } else {
      const last = endsAddress && i === groups.length - 1 ? parseIPv4(group) : undefined;
      if (last === undefined) return undefined;
      bytes.push(...last);
    }
  }
  return bytes;
}

export const inet: ValueCodec = {
  decode: (buffer, start, end) => {
    const length = end - start;
    if (length === 0) return null;
    if (length !== 4 && length !== 16) throw new DecodeError(`an address has 4 or 16 bytes, not ${length}`);
    return formatAddress(buffer, start, end);
  },
  encode: (writer, value) => {
    const bytes = typeof value === 'string' ? parseAddress(value) : value;
    if (!(bytes instanceof Uint8Array) || (bytes.length !== 4 && bytes.length !== 16)) throw misfit(EXPECTED, value);
    writer.bytes(bytes);
  },
};
