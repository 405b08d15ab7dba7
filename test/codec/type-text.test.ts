import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/codec/reader.js';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { readType } from '../../src/codec/type-option.js';
import { normalizeType } from '../../src/codec/normalize-type.js';
import { ConfigurationError } from '../../src/errors.js';
import { parseTypeText } from '../../src/codec/type-text.js';
import { writeType } from '../../src/testing/server/write-type.js';
import { bytes, written } from './support.js';
import { sampleTypes } from '../support/sample-types.js';

const types = sampleTypes(2).map(({ cql }) => cql);

describe('parseTypeText', () => {
  it('reads types of every kind', () => {
    fc.assert(
      fc.property(types, (text) => {
        expect(normalizeType(formatType(parseTypeText(text)))).toBe(normalizeType(text));
      }),
    );
  });

  it('takes spaces, capital letters, varchar and classes', () => {
    expect(formatType(parseTypeText(' Map< TEXT ,frozen< list<varchar>>> '))).toBe('map<text, list<text>>');
    expect(parseTypeText("'com.example.Type'")).toEqual({ kind: 'custom', className: 'com.example.Type' });
  });

  it('knows the user-defined types that it is told of', () => {
    const definitions = { address: { street: 'text', zip: 'frozen<code>' }, code: { digits: 'int' }, Big: {} };
    expect(parseTypeText('list<frozen<address>>', definitions, 'shop')).toEqual({
      kind: 'list',
      element: {
        kind: 'udt',
        keyspace: 'shop',
        name: 'address',
        fields: [
          { name: 'street', type: { kind: 'text' } },
          {
            name: 'zip',
            type: { kind: 'udt', keyspace: 'shop', name: 'code', fields: [{ name: 'digits', type: { kind: 'int' } }] },
          },
        ],
      },
    });
    expect(parseTypeText('"Big"', definitions)).toMatchObject({ kind: 'udt', name: 'Big' });
  });

  it.each([
    ['', 'it ends too early'],
    ['integer', '"integer" is no type'],
    ['list', '"<" is missing'],
    ['list<int', '">" is missing'],
    ['map<int>', '"," is missing'],
    ['int int', '"int" is too much'],
    ['vector<float, x>', '"x" is no number of dimensions'],
    ['constructor', '"constructor" is no type'],
  ])('refuses %j', (text, reason) => {
    const parse = () => parseTypeText(text);
    expect(parse).toThrow(ConfigurationError);
    expect(parse).toThrow(reason);
  });

  it('refuses what is no text', () => {
    expect(() => parseTypeText(5 as never)).toThrow(ConfigurationError);
  });
});

describe('writeType', () => {
  const roundTrip = (type: CqlType, version: 4 | 5): CqlType =>
    readType(new Reader(bytes(written((writer) => writeType(writer, type, version)))));

  describe.each([4, 5] as const)('in v%i', (version) => {
    it('writes types of every kind so that the driver reads them', () => {
      fc.assert(
        fc.property(types, (text) => {
          const type = parseTypeText(text);
          expect(roundTrip(type, version)).toEqual(type);
        }),
      );
    });

    it('writes user-defined types, also inside of vectors', () => {
      const type = parseTypeText('vector<address, 2>', { address: { zip: 'duration', street: 'tuple<int, text>' } });
      expect(roundTrip(type, version)).toEqual(type);
    });
  });

  it('writes duration by its id in v5, and by its class in v4', () => {
    const digits = (version: 4 | 5) => written((writer) => writeType(writer, { kind: 'duration' }, version));
    expect(digits(5)).toBe('0015');
    expect(digits(4)).toMatch(/^0000/);
  });
});
