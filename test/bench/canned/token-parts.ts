const statement = /^SELECT ([\w, *]+) FROM [\w.]+(?: WHERE (token\(id\) > \?)?(?: AND )?(token\(id\) <= \?)?)?$/;

const RING_START = -(2n ** 63n);

/** A SELECT of what lies behind one token, and up to another one. */
export interface TokenParts {
  /** Which columns. */
  readonly selected: string;
  /** The types of its markers. */
  readonly parameters: Record<string, string>;
  /** How many rows there are between the tokens that are bound, of `size` that are spread over the whole ring. */
  rowsOf(tokens: readonly bigint[], size: number): number;
}

export function tokenParts(cql: string): TokenParts | undefined {
  const [, selected, behind, upto] = statement.exec(cql) ?? [];
  if (selected === undefined) return undefined;
  return {
    selected,
    parameters: { ...(behind !== undefined && { behind: 'bigint' }), ...(upto !== undefined && { upto: 'bigint' }) },
    rowsOf: (tokens, size) => {
      const before = (token: bigint): number => Number(((token - RING_START) * BigInt(size)) >> 64n);
      const first = behind === undefined ? 0 : before(tokens[0]!);
      return (upto === undefined ? size : before(tokens.at(-1)!)) - first;
    },
  };
}
