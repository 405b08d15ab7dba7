import { describe, expect, it } from 'vitest';
import { tokensOf } from './schema.js';
import { tokenParts } from './token-parts.js';

const SELECT = 'SELECT id, name FROM rxcql_bench.readings';
const MIN = -(2n ** 63n);

describe('a SELECT by tokens, of the canned server', () => {
  it('has each row of the ring in one of its parts', () => {
    const ring = tokensOf(0, 1).map(BigInt);
    const [first, last] = [ring[0]!, ring.at(-1)!];
    const rows = [
      tokenParts(`${SELECT} WHERE token(id) <= ?`)!.rowsOf([first], 1_000_003),
      ...ring.slice(1).map((end, i) => tokenParts(`${SELECT} WHERE token(id) > ? AND token(id) <= ?`)!.rowsOf([ring[i]!, end], 1_000_003)),
      tokenParts(`${SELECT} WHERE token(id) > ?`)!.rowsOf([last], 1_000_003),
    ]; // prettier-ignore
    expect(rows.reduce((sum, count) => sum + count)).toBe(1_000_003);
    expect(rows.slice(1, -1).every((count) => Math.abs(count - 62_500) < 2)).toBe(true);
    expect(tokenParts(SELECT)!.rowsOf([], 7)).toBe(7);
  });

  it('says what its markers are', () => {
    expect(tokenParts(SELECT)).toMatchObject({ selected: 'id, name', parameters: {} });
    expect(tokenParts(`${SELECT} WHERE token(id) > ? AND token(id) <= ?`)!.parameters).toEqual({ behind: 'bigint', upto: 'bigint' }); // prettier-ignore
    expect(tokenParts(`${SELECT} WHERE id = ?`)).toBeUndefined();
    expect(tokenParts(`${SELECT} LIMIT 5`)).toBeUndefined();
  });

  it('shares the ring among nodes', () => {
    const all = [0, 1, 2].flatMap((node) => tokensOf(node, 3)).map(BigInt);
    expect(new Set(all).size).toBe(48);
    expect(all.every((token) => token > MIN && token < 2n ** 63n)).toBe(true);
  });
});
