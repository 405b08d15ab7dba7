/**
 * An iterable that gives the same items however often it is read. A request may be written several times, for each of its pages
 * and subscribers; an iterator, such as a generator or what `map.keys()` gives, is spent after the first, and a collection would
 * be written empty from then on.
 */
export function replayable(source: Iterable<unknown>): Iterable<unknown> {
  if (Array.isArray(source)) return source as Iterable<unknown>;
  const iterator = source[Symbol.iterator]();
  if ((iterator as object) !== source) return source;
  let replay = replays.get(iterator);
  if (replay === undefined) {
    replay = new Replay(iterator);
    replays.set(iterator, replay);
  }
  return replay;
}

const replays = new WeakMap<Iterator<unknown>, Replay>();

/** What an iterator has given so far, and gives from then on: it is read no further than it is asked to, it may have no end. */
class Replay implements Iterable<unknown> {
  private readonly iterator: Iterator<unknown>;
  private readonly items: unknown[] = [];
  private failure: { readonly reason: unknown } | undefined;

  constructor(iterator: Iterator<unknown>) {
    this.iterator = iterator;
  }

  *[Symbol.iterator](): Generator<unknown, void> {
    for (let i = 0; i < this.items.length || this.pull(); i++) yield this.items[i];
  }

  /** Whether there is another item. An iterator that has thrown ends; what it gave before is not all, however often one asks. */
  private pull(): boolean {
    if (this.failure !== undefined) throw this.failure.reason;
    try {
      const result = this.iterator.next();
      if (result.done !== true) this.items.push(result.value);
      return result.done !== true;
    } catch (reason) {
      this.failure = { reason };
      throw reason;
    }
  }
}
