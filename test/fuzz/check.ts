import { isDeepStrictEqual } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { Subject } from 'rxjs';
import { crc32 } from '../../src/codec/crc.js';
import type { Envelope } from '../../src/codec/envelope.js';
import { lz4 } from '../../src/codec/lz4.js';
import { type Codec, valueSettings } from '../../src/codec/value-options.js';
import { ProtocolError } from '../../src/errors.js';
import { decodeEnvelopes } from '../../src/wire/framing.js';
import { notInstalled } from '../support/lz4-package.js';
import { allocatedBytes } from './allocations.js';
import type { Input } from './input.js';
import { intrinsicsAreIntact } from './intrinsics.js';
import { Random } from './random.js';
import { type Reading, readEnvelope } from './reading.js';
import { compareDecoders } from './row-decoders.js';
import { Violation } from './violation.js';

/** What came of an input, and how long it took to read it once. */
export interface Outcome {
  /** A word for each response: its kind, or the code of the error. */
  readonly kinds: readonly string[];
  readonly milliseconds: number;
}

const MAX_MILLISECONDS = 100;
const MEBIBYTE = 1024 * 1024;

/** What may be allocated by length for an input: the driver believes an announced length up to 512 KiB. */
function mayAllocate({ bytes, isCompressed }: Input): number {
  // A byte of an LZ4 block stands for 255 at most, and how many it does stand for is announced before it.
  const length = isCompressed ? 256 * bytes.length : bytes.length;
  return 2 * length + MEBIBYTE;
}

/**
 * What may be used in all. Only what was made to take much may: an empty blob of a vector is one byte, and a Buffer; a cell may
 * lack 16 Ki fields of tuples, each of which takes some 100 bytes until it is null.
 */
function mayUse(input: Input, { envelopes }: Read): number {
  if (!input.isExtreme) return mayAllocate(input);
  const read = envelopes.reduce((sum, { start, end }) => sum + end - start, 0);
  return mayAllocate(input) + 100 * (read + 16 * 1024);
}

/** The package and our own decoder. */
const COMPRESSIONS = [lz4(), lz4(notInstalled)];

/** The forms of values that a session can ask for; an input always gets the same. */
const VALUES = [
  valueSettings({}),
  valueSettings({ int64: 'number', timestamp: 'number', set: 'array', map: 'object' }),
  valueSettings({ int64: 'long', timestamp: 'bigint' }),
  valueSettings({
    map: 'object',
    codecs: ['int', 'text', 'varint', 'double', 'list<int>', 'name', 'ks.name'].map(boxing),
  }),
];

/** A codec of the user's, for one type. */
function boxing(type: string): Codec {
  return { type, decode: (value: unknown) => ({ [type]: value }), encode: (box: Record<string, unknown>) => box[type] };
}

/** Reads an input in every way that the driver could. @throws Violation if one of them is not as it has to be. */
export function check(input: Input): Outcome {
  const seed = crc32(input.bytes, 0, input.bytes.length);
  const values = VALUES[seed % VALUES.length]!;
  const chunk = surrounded(input.bytes);
  const once = (): Read => readAll(input, [chunk], (envelope) => readEnvelope(envelope, values));

  let whole!: Read;
  const measure = (): Cost => costOf(() => (whole = once()));
  const cost = measure();
  checkCost(cost, measure, input, mayUse(input, whole));

  const pieces = chunks(new Random(seed), input.bytes);
  const before = allocatedBytes();
  const chunked = readAll(input, pieces, (envelope) => readEnvelope(envelope, values));
  checkMemory('by length, in chunks,', allocatedBytes() - before, input);
  compareReads(whole, chunked);

  for (const reading of whole.readings) compareDecoders(reading, values);
  if (!intrinsicsAreIntact()) throw new Violation('Object.prototype or Array.prototype has changed.');
  return { kinds: [...whole.readings.map(({ kind }) => kind), whole.ending], milliseconds: cost.milliseconds };
}

interface Read {
  readonly envelopes: readonly Envelope[];
  readonly readings: readonly Reading[];
  /** What became of the connection. */
  readonly ending: 'open' | 'broken';
}

function readAll(input: Input, pieces: readonly Buffer[], read: (envelope: Envelope) => Reading): Read {
  const envelopes: Envelope[] = [];
  const readings: Reading[] = [];
  let failure: unknown;
  // Thrown here, it would reach nobody but the process.
  let violation: unknown;
  const received = new Subject<Uint8Array>();
  const limits = { maxBodyLength: 64 * MEBIBYTE, accepts: (version: number) => version === input.version };
  const compression = input.isCompressed ? COMPRESSIONS[input.bytes.length % COMPRESSIONS.length]! : undefined;
  received.pipe(decodeEnvelopes({ segmented: input.framing === 'segments', compression }, limits)).subscribe({
    next: (envelope) => {
      try {
        envelopes.push(envelope);
        readings.push(read(envelope));
      } catch (error) {
        violation ??= error;
      }
    },
    error: (error: unknown) => (failure = error),
  });
  for (const piece of pieces) received.next(piece);
  if (violation !== undefined) throw violation as Error;
  if (failure !== undefined && !(failure instanceof ProtocolError)) {
    throw new Violation('The framing threw what is no ProtocolError.', failure);
  }
  return { envelopes, readings, ending: failure === undefined ? 'open' : 'broken' };
}

/** Bytes as they lie in a chunk of a socket: not at its beginning, and not up to its end. */
function surrounded(bytes: Buffer): Buffer {
  const larger = Buffer.alloc(bytes.length + 32, 0xee);
  bytes.copy(larger, 16);
  return larger.subarray(16, 16 + bytes.length);
}

function chunks(random: Random, bytes: Buffer): Buffer[] {
  const largest = random.pick([1, 7, 40, 40, 1_000, 1_000, 1_000]);
  const list: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const until = at + 1 + random.below(largest);
    list.push(surrounded(bytes.subarray(at, until)));
    at = until;
  }
  return list;
}

function compareReads(whole: Read, chunked: Read): void {
  if (whole.ending !== chunked.ending || whole.envelopes.length !== chunked.envelopes.length) {
    throw new Violation('In chunks the bytes gave other envelopes.');
  }
  for (const [i, one] of whole.envelopes.entries()) {
    const other = chunked.envelopes[i]!;
    const isSame =
      one.version === other.version &&
      one.flags === other.flags &&
      one.streamId === other.streamId &&
      one.opcode === other.opcode &&
      one.buffer.compare(other.buffer, other.start, other.end, one.start, one.end) === 0;
    if (!isSame) throw new Violation('In chunks the bytes gave another envelope.');
    const [first, second] = [whole.readings[i]!, chunked.readings[i]!];
    if (!isDeepStrictEqual([first.kind, first.value], [second.kind, second.value])) {
      throw new Violation('The same envelope between other bytes was read as something else.');
    }
  }
}

interface Cost {
  readonly milliseconds: number;
  /** Bytes of buffers and typed arrays. */
  readonly byLength: number;
  /** Bytes of all else; what was collected meanwhile is missing. */
  readonly onHeap: number;
}

function costOf(run: () => void): Cost {
  const [heap, allocated, start] = [usedHeap(), allocatedBytes(), performance.now()];
  run();
  const milliseconds = performance.now() - start;
  return { milliseconds, byLength: allocatedBytes() - allocated, onHeap: usedHeap() - heap };
}

function usedHeap(): number {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics();
  return used + external;
}

/** The compiler, a collection of garbage or another process may be what costs: only what does so again is a fault. */
function checkCost(first: Cost, measure: () => Cost, input: Input, most: number): void {
  checkMemory('by length', first.byLength, input);
  if (first.milliseconds <= MAX_MILLISECONDS && first.onHeap <= most) return;
  const all = [first, measure(), measure(), measure()];
  const least = Math.min(...all.map(({ milliseconds }) => milliseconds));
  if (least > MAX_MILLISECONDS) throw new Violation(`It took ${least.toFixed(0)} ms at least.`);
  checkMemory('on the heap', Math.min(...all.map(({ onHeap }) => onHeap)), input, most);
}

function checkMemory(where: string, allocated: number, input: Input, most: number = mayAllocate(input)): void {
  if (allocated > most) {
    throw new Violation(
      `${input.bytes.length} bytes made the driver allocate ${allocated} ${where}: ${most} is the most.`,
    );
  }
}
