import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { list } from '../../src/codec/values/collections.js';
import { int } from '../../src/codec/values/integers.js';
import { Stamp } from '../../src/codec/stamp.js';
import { type Slice, Writer } from '../../src/codec/writer.js';
import { BindError } from '../../src/errors.js';
import { bytes, hex, written } from './support.js';

const CHUNK = 64 * 1024;

const digitsOf = ({ buffer, start, end }: Slice): string => buffer.toString('hex', start, end);

describe('Writer', () => {
  it('writes numbers big-endian', () => {
    expect(written((writer) => writer.u8(0xab))).toBe('ab');
    expect(written((writer) => writer.u16(0xabcd))).toBe('abcd');
    expect(written((writer) => writer.i32(0x01020304))).toBe('01020304');
    expect(written((writer) => writer.i32(-2))).toBe('fffffffe');
    expect(written((writer) => writer.i64(0x0102030405060708n))).toBe('0102030405060708');
    expect(written((writer) => writer.i64(-2n))).toBe('fffffffffffffffe');
    expect(written((writer) => writer.f32(1.5))).toBe('3fc00000');
    expect(written((writer) => writer.f64(-2))).toBe('c000000000000000');
  });

  it('writes negative numbers of one and two bytes as two’s complement', () => {
    expect(written((writer) => writer.u8(-1))).toBe('ff');
    expect(written((writer) => writer.u16(-2))).toBe('fffe');
  });

  it.each(['\ud800', 'a\udc00b', `${'x'.repeat(2000)}\ud834`])('refuses half of a surrogate pair', (text) => {
    expect(() => written((writer) => void writer.utf8(text))).toThrow(
      new BindError('expected text that UTF-8 can hold, got a string with half of a surrogate pair'),
    );
  });

  it('refuses a message beyond its limit, even one that would never end, and goes on', () => {
    const limited = new Writer(100_000);
    const refused = new BindError('The request has more than 100000 bytes, the most that is sent.');
    expect(() => limited.encode(9, (writer) => writer.bytes(Buffer.alloc(99_992)))).toThrow(refused);
    expect(() => {
      limited.encode(9, (writer) => {
        for (;;) writer.i32(1);
      });
    }).toThrow(refused);
    const { start, end } = limited.encode(9, (writer) => writer.bytes(Buffer.alloc(99_991)));
    expect(end - start).toBe(100_000);
    // There is room for it in the chunk that the last one has made.
    expect(() => limited.encode(9, (writer) => writer.bytes(Buffer.alloc(99_992)))).toThrow(refused);
  });

  it('writes a stamp as often as it is told to, wherever a chunk ends', () => {
    const part = fc.uint8Array({ maxLength: 40 });
    const run = fc.property(fc.array(part, { maxLength: 3 }), fc.nat(40), fc.nat({ max: 9 }), (parts, before, room) => {
      const stamp = new Stamp(...parts);
      const all = Buffer.concat(parts);
      expect(stamp).toHaveLength(all.length);
      const fresh = new Writer();
      // Close to the end of the chunk, where the zeros behind a stamp have no place.
      fresh.encode(0, (writer) => void writer.claim(CHUNK - before - all.length - room));
      const twice = fresh.encode(0, (writer) => {
        writer.bytes(Buffer.alloc(before, 0xbe));
        writer.stamp(stamp);
        writer.stamp(stamp);
        writer.u8(0xaf);
      });
      expect(digitsOf(twice)).toBe(hex('be'.repeat(before), all.toString('hex'), all.toString('hex'), 'af'));
    });
    fc.assert(run);
  });

  it('gives room that is filled from outside', () => {
    const digits = written((writer) => {
      writer.u8(1);
      const at = writer.claim(2);
      writer.target[at] = 0xab;
      writer.target[at + 1] = 0xcd;
      writer.u8(2);
    });
    expect(digits).toBe('01abcd02');
  });

  it.each([
    ['nothing', '', ''],
    ['short ASCII', 'ks', '6b73'],
    ['short text that begins as ASCII', 'naïve', '6e61c3af7665'],
    ['text of four bytes a character', '𝄞', 'f09d849e'],
    ['a byte order mark', '\ufeffa', 'efbbbf61'],
    ['long text', 'é'.repeat(2000), 'c3a9'.repeat(2000)],
  ])('writes %s as UTF-8 and says how many bytes it took', (_, text, expected) => {
    let length = -1;
    expect(written((writer) => void (length = writer.utf8(text)))).toBe(expected);
    expect(length).toBe(expected.length / 2);
  });

  it('leaves headroom before a message', () => {
    const { start, end, buffer } = new Writer().encode(9, (writer) => writer.u8(1));
    expect(end - start).toBe(10);
    expect(buffer[start + 9]).toBe(1);
  });

  it('fills in a length or a count afterwards', () => {
    const digits = written((writer) => {
      const count = writer.reserve();
      const length = writer.reserve();
      writer.utf8('abc');
      writer.patchLength(length);
      writer.patchI32(count, 7);
    });
    expect(digits).toBe(hex('00000007', '00000003', '616263'));
  });

  it('lays messages one behind the other', () => {
    const writer = new Writer();
    const first = writer.encode(2, () => writer.u16(1));
    const second = writer.encode(2, () => writer.u16(2));
    expect(second.buffer).toBe(first.buffer);
    expect(second.start).toBe(first.end);
  });

  it('gives a large message memory of its own, which neither it nor a small one keeps', () => {
    const writer = new Writer();
    const large = writer.encode(9, () => writer.bytes(Buffer.alloc(10 * CHUNK, 0xaa)));
    expect(large.buffer.length).toBeLessThan(11 * CHUNK);
    const small = writer.encode(9, () => writer.u8(1));
    expect(small.buffer.length).toBe(CHUNK);
    expect(writer.encode(9, () => writer.u8(2)).buffer).toBe(small.buffer);
    expect(() =>
      writer.encode(0, () => {
        writer.bytes(Buffer.alloc(10 * CHUNK));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(writer.encode(9, () => writer.u8(3)).buffer.length).toBe(CHUNK);
  });

  it('leaves nothing of a message whose body throws, and throws that on', () => {
    const writer = new Writer();
    const before = writer.encode(0, () => writer.i32(1));
    const failure = new Error('no');
    const fail = (length: number) => (): never => {
      writer.bytes(Buffer.alloc(length, 0xff));
      throw failure;
    };
    expect(() => writer.encode(9, fail(100))).toThrow(failure);
    const between = writer.encode(0, () => writer.i32(2));
    expect(() => writer.encode(9, fail(CHUNK))).toThrow(failure);
    const after = writer.encode(0, () => writer.i32(3));
    expect([before, between, after].map(digitsOf)).toEqual(['00000001', '00000002', '00000003']);
    expect(between.start).toBe(before.end);
  });

  it('writes a message of its own while a value’s iterator makes another request', () => {
    const writer = new Writer();
    let inner: Slice | undefined;
    function* values(): Iterable<number> {
      yield 1;
      inner = writer.encode(0, (own) => own.i32(0x11111111));
      expect(() => writer.encode(0, () => expect.fail('abandoned'))).toThrow('abandoned');
      yield 2;
    }
    const outer = writer.encode(0, (own) => list(int).encode(own, values()));
    expect(digitsOf(outer)).toBe(hex('00000002', '00000004 00000001', '00000004 00000002'));
    expect(digitsOf(inner!)).toBe('11111111');
    expect(digitsOf(writer.encode(0, () => writer.u8(3)))).toBe('03');
  });

  describe('writes what a naive writer would', () => {
    /** A write: how it is done, and the bytes that it makes. */
    interface Write {
      readonly apply: (writer: Writer) => void;
      readonly bytes: Buffer;
    }

    const filled = (length: number, put: (buffer: Buffer) => void): Buffer => {
      const buffer = Buffer.alloc(length);
      put(buffer);
      return buffer;
    };
    const int32 = (value: number): Buffer => filled(4, (buffer) => buffer.writeInt32BE(value));
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('é'.repeat(1023), 'é'.repeat(1024)),
    );
    const byte = fc.nat({ max: 0xff });
    const short = fc.nat({ max: 0xffff });
    const some = fc.uint8Array({ maxLength: 40 });
    const simple = fc.oneof(
      byte.map((n): Write => ({ apply: (w) => w.u8(n), bytes: filled(1, (b) => b.writeUInt8(n)) })),
      short.map((n): Write => ({ apply: (w) => w.u16(n), bytes: filled(2, (b) => b.writeUInt16BE(n)) })),
      fc.integer().map((n): Write => ({ apply: (w) => w.i32(n), bytes: int32(n) })),
      int64.map((n): Write => ({ apply: (w) => w.i64(n), bytes: filled(8, (b) => b.writeBigInt64BE(n)) })),
      fc.float().map((n): Write => ({ apply: (w) => w.f32(n), bytes: filled(4, (b) => b.writeFloatBE(n)) })),
      fc.double().map((n): Write => ({ apply: (w) => w.f64(n), bytes: filled(8, (b) => b.writeDoubleBE(n)) })),
      some.map((value): Write => ({ apply: (w) => w.bytes(value), bytes: Buffer.from(value) })),
      text.map((value): Write => ({ apply: (w) => void w.utf8(value), bytes: Buffer.from(value) })),
    );
    const { write } = fc.letrec<{ write: Write }>((tie) => ({
      write: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        simple,
        fc.array(tie('write'), { maxLength: 4 }).map((inner): Write => {
          const content = Buffer.concat(inner.map((write) => write.bytes));
          const apply = (writer: Writer): void => {
            const count = writer.reserve();
            const length = writer.reserve();
            for (const write of inner) write.apply(writer);
            writer.patchLength(length);
            writer.patchI32(count, inner.length);
          };
          return { apply, bytes: Buffer.concat([int32(inner.length), int32(content.length), content]) };
        }),
      ),
    }));
    const message = fc.record({
      headroom: fc.constantFrom(0, 9),
      writes: fc.array(write, { maxLength: 12 }),
      fails: fc.boolean(),
    });

    it('across the borders of chunks, and keeps the messages before', () => {
      const before = fc.oneof(
        fc.constant(0),
        fc.nat({ max: 80 }).map((missing) => CHUNK - missing),
      );
      fc.assert(
        fc.property(fc.array(fc.record({ before, message }), { minLength: 1, maxLength: 6 }), (steps) => {
          const writer = new Writer();
          const slices: Slice[] = [];
          const expected: Buffer[] = [];
          const add = (content: Buffer, headroom: number, body: () => void): void => {
            const slice = writer.encode(headroom, body);
            slices.push({ ...slice, start: slice.start + headroom });
            expected.push(content);
          };
          for (const step of steps) {
            // A first message fills the chunk up to a few bytes.
            const filler = Buffer.alloc(step.before, 0xaa);
            add(filler, 0, () => writer.bytes(filler));
            const { headroom, writes, fails } = step.message;
            const body = (): void => {
              for (const each of writes) each.apply(writer);
              if (fails) throw new Error('abandoned');
            };
            if (fails) expect(() => writer.encode(headroom, body)).toThrow('abandoned');
            else add(Buffer.concat(writes.map((each) => each.bytes)), headroom, body);
          }
          for (const [i, { buffer, start, end }] of slices.entries()) {
            if (expected[i]!.compare(buffer, start, end) !== 0) expect.unreachable(`message ${i} differs`);
          }
        }),
        { numRuns: 300 },
      );
    });

    it.each([
      ['u8', (w: Writer) => w.u8(0xab), 'ab'],
      ['u16', (w: Writer) => w.u16(0xabcd), 'abcd'],
      ['i32', (w: Writer) => w.i32(-2), 'fffffffe'],
      ['i64', (w: Writer) => w.i64(-2n), 'fffffffffffffffe'],
      ['f32', (w: Writer) => w.f32(1.5), '3fc00000'],
      ['f64', (w: Writer) => w.f64(-2), 'c000000000000000'],
      ['bytes', (w: Writer) => w.bytes(bytes('010203')), '010203'],
      ['short utf8', (w: Writer) => void w.utf8('é'), 'c3a9'],
      ['long utf8', (w: Writer) => void w.utf8('é'.repeat(600)), 'c3a9'.repeat(600)],
      ['reserve and patchLength', (w: Writer) => w.patchLength(w.reserve()), '00000000'],
      ['reserve and patchI32', (w: Writer) => w.patchI32(w.reserve(), 5), '00000005'],
    ])('at every distance of %s from the border, alone and in the middle of a message', (_, apply, expected) => {
      for (let missing = 0; missing <= expected.length / 2 + 1; missing++) {
        const filler = Buffer.alloc(CHUNK - missing, 0xaa);
        const alone = new Writer();
        const first = alone.encode(0, () => alone.bytes(filler));
        expect(first.buffer.length).toBe(CHUNK);
        expect(digitsOf(alone.encode(0, apply))).toBe(expected);
        expect(filler.compare(first.buffer, first.start, first.end)).toBe(0);

        const inside = new Writer();
        const { buffer, start, end } = inside.encode(0, () => {
          const mark = inside.reserve();
          inside.bytes(filler.subarray(4));
          apply(inside);
          inside.patchLength(mark);
        });
        expect(buffer.toString('hex', start + filler.length, end)).toBe(expected);
        expect(buffer.readInt32BE(start)).toBe(end - start - 4);
        expect(filler.subarray(4).compare(buffer, start + 4, start + filler.length)).toBe(0);
      }
    });
  });
});
