import type * as WriterModule from '../../../src/codec/writer.js';
import type * as ValueCodec from '../../../src/codec/value-codec.js';
import type * as Responses from '../../../src/codec/responses.js';
import type * as ValueOptions from '../../../src/codec/value-options.js';
import type { ResultColumns } from '../../../src/codec/result-columns.js';
import { built, type Case } from './case.js';
import { decodeRows } from './peer.js';
import { MIXED, type Sample, SAMPLES } from './values.js';

const { Writer } = await built<typeof WriterModule>('codec/writer.js');
const { valueCodec } = await built<typeof ValueCodec>('codec/value-codec.js');
const { readResponse } = await built<typeof Responses>('codec/responses.js');
const { DEFAULT_VALUES } = await built<typeof ValueOptions>('codec/value-options.js');

const ROWS = 5_000;
const NUMBERS = [SAMPLES.int, SAMPLES.bigint, SAMPLES.double, SAMPLES.double].flatMap((sample) => [sample, sample]);
const RESULT = 0x08;

/** The body of a RESULT with so many rows. */
function resultBody(samples: readonly Sample[], count: number): Buffer {
  const { buffer, start, end } = new Writer().encode(0, (writer) => {
    const string = (text: string): void => {
      writer.u16(Buffer.byteLength(text));
      writer.utf8(text);
    };
    writer.i32(2); // rows
    writer.i32(1); // all of one table
    writer.i32(samples.length);
    string('ks');
    string('readings');
    for (const [i, { kind, id }] of samples.entries()) {
      string(`${kind}_${i}`);
      writer.u16(id);
    }
    writer.i32(count);
    const codecs = samples.map(({ kind }) => valueCodec({ kind } as Parameters<typeof valueCodec>[0]));
    for (let row = 0; row < count; row++) {
      for (const [i, sample] of samples.entries()) {
        const mark = writer.reserve();
        codecs[i]!.encode(writer, sample.ours());
        writer.patchLength(mark);
      }
    }
  });
  return Buffer.from(buffer.subarray(start, end));
}

function envelopeOf(body: Buffer) {
  return { version: 4, flags: 0, streamId: 1, opcode: RESULT, buffer: body, start: 0, end: body.length };
}

function rowsOf(body: Buffer, columns?: ResultColumns) {
  const response = readResponse(envelopeOf(body), { values: DEFAULT_VALUES, columns });
  if (response.kind !== 'rows') throw new TypeError('There are no rows.');
  return response.rows;
}

/** Reads every length and steps over what it counts. */
function walk(body: Buffer, start: number): number {
  let sum = 0;
  for (let at = start; at < body.length;) {
    const length = body.readInt32BE(at);
    at += 4 + Math.max(length, 0);
    sum += length;
  }
  return sum;
}

function pageCase(name: string, samples: readonly Sample[], target: number): Case {
  const body = resultBody(samples, ROWS);
  // Every page of a query knows the columns of the one before.
  const { described, start } = rowsOf(body);
  return {
    name,
    unit: 'row',
    units: ROWS,
    ours: () => {
      const source = rowsOf(body, described);
      const cursor = source.cursor();
      const rows: unknown[] = [];
      for (let left = source.rowCount; left > 0; left--) rows.push(cursor.next());
      return rows;
    },
    theirs: () => decodeRows(body),
    floor: () => walk(body, start),
    target,
  };
}

function columnarCase(name: string, samples: readonly Sample[], target?: number): Case {
  const body = resultBody(samples, ROWS);
  const { described, start } = rowsOf(body);
  return {
    name,
    unit: 'row',
    units: ROWS,
    ours: () => rowsOf(body, described).columnar(),
    theirs: () => decodeRows(body),
    floor: () => walk(body, start),
    target,
  };
}

export const cases: readonly Case[] = [
  pageCase('page of 8 mixed columns', MIXED, 5),
  pageCase('page of (uuid, int)', [SAMPLES.uuid, SAMPLES.int], 5),
  pageCase('page of 8 ints', new Array<Sample>(8).fill(SAMPLES.int), 5),
  columnarCase('columnar() of 8 mixed columns', MIXED),
  columnarCase('columnar() of 8 columns of numbers', NUMBERS, 5),
];
