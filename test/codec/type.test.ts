import { describe, expect, it } from 'vitest';
import { type CqlType, formatIdentifier, formatType, quoteIdentifier } from '../../src/codec/type.js';

const int: CqlType = { kind: 'int' };
const text: CqlType = { kind: 'text' };

describe('formatType', () => {
  it.each<[string, CqlType]>([
    ['int', int],
    ['list<int>', { kind: 'list', element: int }],
    ['set<text>', { kind: 'set', element: text }],
    ['map<text, list<int>>', { kind: 'map', key: text, value: { kind: 'list', element: int } }],
    ['tuple<int, text>', { kind: 'tuple', elements: [int, text] }],
    ['vector<float, 3>', { kind: 'vector', element: { kind: 'float' }, dimensions: 3 }],
    ['address', { kind: 'udt', keyspace: 'ks', name: 'address', fields: [] }],
    ['"Address"', { kind: 'udt', keyspace: 'ks', name: 'Address', fields: [] }],
    ['"int"', { kind: 'udt', keyspace: 'ks', name: 'int', fields: [] }],
    ['"line\\u{a}break"', { kind: 'udt', keyspace: 'ks', name: 'line\nbreak', fields: [] }],
    ["'\\u{1b}[2J\\u{202e}\\u{9b}'", { kind: 'custom', className: '\u001b[2J\u202e\u009b' }],
    ["'com.example.Point'", { kind: 'custom', className: 'com.example.Point' }],
  ])('writes %s', (expected, type) => {
    expect(formatType(type)).toBe(expected);
  });
});

describe('formatIdentifier', () => {
  it.each([
    ['plain_1', 'plain_1'],
    ['Mixed', '"Mixed"'],
    ['order', '"order"'],
    ['orders', 'orders'],
    ['1st', '"1st"'],
    ['', '""'],
    ['with "quotes"', '"with ""quotes"""'],
    ['line\nbreak', '"line\nbreak"'],
    ['plain\n', '"plain\n"'],
  ])('writes %j as %s', (name, expected) => {
    expect(formatIdentifier(name)).toBe(expected);
  });
});

describe('quoteIdentifier', () => {
  it('quotes plain names too', () => {
    expect(quoteIdentifier('plain')).toBe('"plain"');
    expect(quoteIdentifier('a"b')).toBe('"a""b"');
  });
});
