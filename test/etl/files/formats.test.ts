import fc from 'fast-check';
import Papa from 'papaparse';
import { ConfigurationError } from 'rxcql';
import { csvFormat, type CsvWriteOptions, type FileFormat, ndjsonFormat } from 'rxcql/etl';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { timestampText } from '../../../src/etl/values/timestamp-text.js';
import { columnsOf } from './support.js';

type Records = readonly Readonly<Record<string, unknown>>[];

const textOf = (format: FileFormat, types: Readonly<Record<string, string>>, records: Records): string => {
  const encoder = format.encoder(columnsOf(types));
  return Buffer.concat([encoder.begin(), encoder.add(records), encoder.end()]).toString();
};
const csvOf = (value: unknown, options: CsvWriteOptions = {}, type = 'text'): string =>
  textOf(csvFormat({ header: false, ...options }), { a: 'int', b: type }, [{ a: 1, b: value }]).replace(/\r?\n$/, '');

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('CSV', () => {
  it.each([
    ['plain text', 'plain text'],
    ['', '""'],
    [null, ''],
    [undefined, ''],
    ['a,b', '"a,b"'],
    ['say "a"', '"say ""a"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\rlines', '"two\rlines"'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['tab\tand space ', 'tab\tand space '],
    ['\uFEFFmarked', '"\uFEFFmarked"'],
    ['not\uFEFFmarked', 'not\uFEFFmarked'],
    ['é 😀', 'é 😀'],
    ['\u2028\0', '\u2028\0'],
  ])('has %j as %s', (value, field) => {
    expect(csvOf(value)).toBe(`1,${field}`);
  });

  it.each<[unknown, CsvWriteOptions, string, string]>([
    ['a,b', { delimiter: ';' }, 'text', '1;a,b'],
    ['a;b', { delimiter: ';' }, 'text', '1;"a;b"'],
    ['a]b', { delimiter: ']' }, 'text', '1]"a]b"'],
    ['a^b\\', { delimiter: '^' }, 'text', '1^"a^b\\"'],
    ["it's", { quote: "'" }, 'text', "1,'it''s'"],
    ['NULL', { nullText: 'NULL' }, 'text', '1,"NULL"'],
    [null, { nullText: 'NULL' }, 'text', '1,NULL'],
    ['', { nullText: 'NULL' }, 'text', '1,""'],
    [7, { nullText: '7' }, 'int', '1,"7"'],
    [1.5, { delimiter: '.' }, 'double', '1."1.5"'],
    [-1, { delimiter: '-' }, 'int', '1-"-1"'],
    [[1, 2], {}, 'list<int>', '1,"[1,2]"'],
  ])('has %j with %j as %s: %s', (value, options, type, line) => {
    expect(csvOf(value, options, type)).toBe(line);
  });

  it.each<CsvWriteOptions>([
    { delimiter: '' },
    { delimiter: '||' },
    { quote: '' },
    { delimiter: '"' },
    { nullText: '\n' },
    { nullText: 'a,b' },
    { eol: '\r' as '\n' },
    { separator: ';' } as CsvWriteOptions,
  ])('is not written so that nobody can read it: %j', (options) => {
    expect(() => csvFormat(options)).toThrow(ConfigurationError);
  });

  it('has the names of columns first, in quotes where they have to be, and ends lines as it is told', () => {
    const types = { id: 'int', 'a "b"': 'text', __proto__x: 'text', 'ttl(v)': 'int' };
    const record = { id: 1, 'a "b"': null, __proto__x: 'x', 'ttl(v)': 60 };
    expect(textOf(csvFormat({ eol: '\r\n' }), types, [record])).toBe('id,"a ""b""",__proto__x,ttl(v)\r\n1,,x,60\r\n');
    expect(textOf(csvFormat(), {}, [])).toBe('');
  });

  it('is read by others as what it was, whatever the texts are', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'a , ; " \r \n \uFEFF \\'.split(' '), ' ', "'") }),
    );
    const options = fc.record({ delimiter: fc.constantFrom(',', ';', '\t', '|'), quote: fc.constantFrom('"', "'") });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), options, (rows, given) => {
        const records = rows.map(([a, b]) => ({ a, b }));
        const written = textOf(csvFormat({ ...given, header: false }), { a: 'text', b: 'text' }, records);
        const { data } = Papa.parse(written, { delimiter: given.delimiter, quoteChar: given.quote, newline: '\n' });
        expect(data.slice(0, -1)).toEqual(rows);
      }),
    );
  });
});

describe('NDJSON', () => {
  it('has an object a line; null is null, and what is not there is not', () => {
    const types = { id: 'bigint', name: 'text', at: 'timestamp', tags: 'set<text>', ok: 'boolean', data: 'blob' };
    const at = new Date(0);
    const records = [
      { id: 2n ** 60n, name: 'a "b"\n\u2028', at, tags: new Set(['x']), ok: true, data: Buffer.from('é') },
      { id: 1n, name: null, tags: null },
      { name: 'only' },
      {},
    ];
    expect(textOf(ndjsonFormat(), types, records)).toBe(
      `{"id":"1152921504606846976","name":${JSON.stringify('a "b"\n\u2028')},"at":"1970-01-01T00:00:00.000Z","tags":["x"],"ok":true,"data":"0xc3a9"}\n` +
        '{"id":1,"name":null,"tags":null}\n{"name":"only"}\n{}\n',
    );
  });

  it('is read as what it was, whatever texts and names are', () => {
    const name = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'grapheme' })), (record) => {
        const types = Object.fromEntries(Object.keys(record).map((key) => [key, 'text']));
        expect(JSON.parse(textOf(ndjsonFormat(), types, [record]))).toEqual({ ...record });
      }),
    );
  });
});

describe('the function that makes a line', () => {
  const types = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`c${i}`, 'int']));
  const record = Object.fromEntries(Object.keys(types).map((name, i) => [name, i]));
  const few = { id: 'int', "a'\u2028": 'text' };

  it('is the same for very many columns, and where code may not be generated', () => {
    const line = textOf(csvFormat({ header: false }), types, [record]);
    expect(line).toBe(`${Object.values(record).join(',')}\n`);
    const quick = textOf(ndjsonFormat(), few, [{ id: 1, "a'\u2028": 'b' }]);
    const forbidden = function (): never {
      throw new EvalError('Code generation from strings disallowed for this context');
    };
    vi.stubGlobal('Function', forbidden);
    expect(textOf(ndjsonFormat(), few, [{ id: 1, "a'\u2028": 'b' }])).toBe(quick);
    vi.stubGlobal('Function', () => expect.fail('mine'));
    expect(() => textOf(ndjsonFormat(), few, [{ id: 1 }])).toThrow('mine');
  });
});

describe('timestamps', () => {
  it('are as a Date has them', () => {
    const most = 8.64e15;
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -most, max: most }), fc.integer({ min: -1e9, max: 1e9 })), (time) => {
        expect(timestampText(time)).toBe(new Date(time).toISOString());
      }),
      { examples: [[0], [-1], [most], [-most], [86_399_999], [86_400_000], [253_402_300_800_000]], numRuns: 1_000 },
    );
  });
});
