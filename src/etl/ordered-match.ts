import { RING_START } from './token-range.js';

/** Which of two sequences. */
export type Side = 'source' | 'target';

/** Something with a place in a sequence: behind all of a lower token, and equal to what has its key. */
export interface Keyed {
  readonly token: bigint;
  readonly key: string;
}

/** Is told what there is of each entry: the same in both sequences, or only one. */
export interface MatchListener<E> {
  both(source: E, target: E): void;
  only(side: Side, entry: E): void;
}

/** So many entries of a side wait for the other one before somebody else has to say whether they are there. */
export const MOST_WAITING = 1_000;

/**
 * Finds out what two sequences have in common, and what only one of them has. Both are sorted in the same order, of which nothing is
 * known but the tokens: where something is in both, all before it that was in one of them only is in no other.
 *
 * ```
 * source   a  b     d  e          b = b: a is missing in the target
 * target      b  c  d             d = d: c is extra
 * ```
 *
 * Nothing is kept but what waits for the other side, of one token: entries of one partition, as a rule.
 */
export class OrderedMatch<E extends Keyed> {
  private readonly lanes = { source: new Lane<E>(), target: new Lane<E>() };
  private readonly listener: MatchListener<E>;

  constructor(listener: MatchListener<E>) {
    this.listener = listener;
  }

  /** Of which side the next entry is wanted: the one that is behind. Undefined if both have ended. */
  get wanted(): Side | undefined {
    const { source, target } = this.lanes;
    if (source.isDone) return target.isDone ? undefined : 'target';
    if (target.isDone) return 'source';
    if (source.token !== target.token) return source.token < target.token ? 'source' : 'target';
    return source.waiting.size <= target.waiting.size ? 'source' : 'target';
  }

  /** Nothing waits: what comes next of both sides can be compared without this. */
  get isIdle(): boolean {
    const { source, target } = this.lanes;
    return source.waiting.size === 0 && target.waiting.size === 0;
  }

  add(side: Side, entry: E): void {
    const own = this.lanes[side];
    const other = this.lanes[otherOf(side)];
    own.token = entry.token;
    this.release(otherOf(side), (waiting) => waiting.token < entry.token);
    const match = other.waiting.get(entry.key);
    if (match !== undefined) {
      this.release(otherOf(side), (waiting) => waiting !== match);
      this.release(side, () => true);
      other.waiting.delete(entry.key);
      if (side === 'source') this.listener.both(entry, match);
      else this.listener.both(match, entry);
    } else if (other.isDone || other.token > entry.token) {
      this.listener.only(side, entry);
    } else {
      own.waiting.set(entry.key, entry);
    }
  }

  end(side: Side): void {
    this.lanes[side].isDone = true;
    this.release(otherOf(side), () => true);
  }

  /** The oldest entries of the source, when too many of both sides wait: it has to be found out whether the target has them. */
  get undecided(): readonly E[] {
    const { source, target } = this.lanes;
    if (source.waiting.size < MOST_WAITING || target.waiting.size < MOST_WAITING) return [];
    return [...source.waiting.values()].slice(0, AT_A_TIME);
  }

  /** Says of each of the undecided whether the target has it. */
  decide(isThere: readonly boolean[]): void {
    // One that is there is behind everything that came of the target.
    const missing = isThere.indexOf(true);
    let left = missing < 0 ? isThere.length : missing;
    this.release('source', () => left-- > 0);
    if (missing >= 0) this.release('target', () => true);
  }

  /** Those that wait, from the oldest on, as long as they are such. */
  private release(side: Side, isSuch: (entry: E) => boolean): void {
    const { waiting } = this.lanes[side];
    for (const [key, entry] of waiting) {
      if (!isSuch(entry)) return;
      waiting.delete(key);
      this.listener.only(side, entry);
    }
  }
}

/** How many are asked for at once. */
const AT_A_TIME = 50;

class Lane<E> {
  readonly waiting = new Map<string, E>();
  /** Where it has come to. */
  token = RING_START;
  isDone = false;
}

function otherOf(side: Side): Side {
  return side === 'source' ? 'target' : 'source';
}
