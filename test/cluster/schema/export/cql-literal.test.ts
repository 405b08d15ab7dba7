import { describe, expect, it } from 'vitest';
import { bodyLiteral, mapLiteral, textLiteral } from '../../../../src/cluster/schema/export/cql-literal.js';

describe('textLiteral', () => {
  it.each([
    ['', "''"],
    ["it's", "'it''s'"],
    ["'; DROP", "'''; DROP'"],
    ['"\n\\', `'"\n\\'`],
  ])('writes %j as %s', (text, literal) => {
    expect(textLiteral(text)).toBe(literal);
  });
});

describe('mapLiteral', () => {
  it('writes keys and values as text', () => {
    expect(mapLiteral({ class: "O'Strategy", dc: '3' })).toBe("{'class': 'O''Strategy', 'dc': '3'}");
    expect(mapLiteral({})).toBe('{}');
  });
});

describe('bodyLiteral', () => {
  it.each([
    [" return 'a'; ", "$$ return 'a'; $$"],
    ['a$b', '$$a$b$$'],
    ["$$ isn't", "'$$ isn''t'"],
    ['$a', "'$a'"],
    ['a$', "'a$'"],
  ])('writes %j as %s', (body, literal) => {
    expect(bodyLiteral(body)).toBe(literal);
  });
});
