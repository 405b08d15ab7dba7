import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTypeText, namesIn } from '../../../../src/cluster/schema/export/type-names.js';
import { quoteIdentifier } from '../../../../src/codec/type.js';

describe('namesIn', () => {
  it.each([
    ['int', ['int']],
    ['frozen<map<text, frozen<"My ""Type">>>', ['frozen', 'map', 'text', 'frozen', 'My "Type']],
    ['vector<a, 3>', ['vector', 'a', '3']],
    [`list<'org.apache.Type(int)'>`, ['list']],
    ['"open', ['open']],
    ['', []],
  ])('finds those of %s', (type, names) => {
    expect(namesIn(type)).toEqual(names);
  });

  it('finds every name that is quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (names) => {
        expect(namesIn(names.map(quoteIdentifier).join(', '))).toEqual(names);
      }),
    );
  });
});

describe('formatTypeText', () => {
  it.each([
    ['frozen<json>', 'frozen<"json">'],
    ['map<text, frozen<"json">>', 'map<text, frozen<"json">>'],
    ['vector<frozen<count>, 3>', 'vector<frozen<"count">, 3>'],
    ["'a.json'", "'a.json'"],
    ['frozen<address>', 'frozen<address>'],
  ])('writes %s as %s', (type, expected) => {
    expect(formatTypeText(type)).toBe(expected);
  });
});
