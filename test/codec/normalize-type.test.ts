import { describe, expect, it } from 'vitest';
import { normalizeType } from '../../src/codec/normalize-type.js';

describe('normalizeType', () => {
  it.each([
    ['int', 'int'],
    [' INT ', 'int'],
    ['varchar', 'text'],
    ['list<VARCHAR>', 'list<text>'],
    ['frozen<list<int>>', 'list<int>'],
    ['map<text, frozen < list< frozen<tuple<int,text>> > >>', 'map<text,list<tuple<int,text>>>'],
    ['vector<float, 3>', 'vector<float,3>'],
    ['shop.Address', 'shop.address'],
    ['"Address"', '"Address"'],
    ['frozen<"A ""<b>, c">', '"A ""<b>, c"'],
    ['frozen', 'frozen'],
    ['', ''],
  ])('makes %j of its spellings: %j', (given, normal) => {
    expect(normalizeType(given)).toBe(normal);
  });
});
