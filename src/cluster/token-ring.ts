import type { Partitioner, Token } from '../codec/partitioner.js';
import type { Node } from './node.js';

/** A node, and the tokens that it has in the ring. */
export interface TokenOwner {
  readonly node: Node;
  readonly tokens: Iterable<Token>;
}

/**
 * The tokens of all nodes in the order of the ring. The partitions between a token and the one before it, this one included
 * and that one not, belong first of all to the node that has it; those after the last token, to the node of the first.
 *
 * The ring gives back the very objects that it was made of: where whether a node is up is a property of one object that stays,
 * a node that goes and comes back does not change the ring.
 */
export class TokenRing {
  readonly partitioner: Partitioner;
  /** The tokens in their order. What a position is, is an index of it. */
  readonly tokens: readonly Token[];
  /** The node at each position. */
  readonly owners: readonly Node[];
  /** The tokens once more, if 64 bits hold them: searched in half the time. */
  private readonly words: BigInt64Array | undefined;

  /** A token that several nodes have, which is not meant to be, is the first one's. */
  constructor(partitioner: Partitioner, owners: Iterable<TokenOwner>) {
    this.partitioner = partitioner;
    const entries = Array.from(owners)
      .flatMap(({ node, tokens }) => Array.from(tokens, (token) => ({ token, node })))
      .sort((a, b) => partitioner.compare(a.token, b.token))
      .filter(({ token }, i, all) => i === 0 || partitioner.compare(all[i - 1]!.token, token) !== 0);
    this.tokens = entries.map(({ token }) => token);
    this.owners = entries.map(({ node }) => node);
    this.words = wordsOf(this.tokens);
  }

  /** How many tokens there are. */
  get size(): number {
    return this.tokens.length;
  }

  /** The position whose node has the partitions of `token` first of all: that of the least token not before it. 0 if empty. */
  position(token: Token): number {
    const { words, tokens, partitioner } = this;
    let low = 0;
    let high = tokens.length;
    if (words !== undefined && typeof token === 'bigint') {
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (words[middle]! < token) low = middle + 1;
        else high = middle;
      }
    } else {
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (partitioner.compare(tokens[middle]!, token) < 0) low = middle + 1;
        else high = middle;
      }
    }
    return low === tokens.length ? 0 : low;
  }
}

function wordsOf(tokens: readonly Token[]): BigInt64Array | undefined {
  const isWord = (token: Token): token is bigint => typeof token === 'bigint' && BigInt.asIntN(64, token) === token;
  return tokens.every(isWord) ? BigInt64Array.from(tokens) : undefined;
}
