/** Stream id 0 stays with the driver: Cassandra answers there what it could not read. */
const FIRST = 1;

/** What an int16 holds, without its negative half, which is the server's. */
export const MAX_STREAM_IDS = 32_767;

/**
 * The stream ids of one connection. The one that has been free for longest is allocated first, so that an answer that comes
 * twice meets an id that nobody uses rather than another request.
 */
export class StreamIds {
  private readonly free: Int16Array;
  private first = 0;
  private count: number;

  /** @param capacity How many ids there are, at most {@link MAX_STREAM_IDS}. */
  constructor(capacity: number) {
    this.free = Int16Array.from({ length: capacity }, (_, i) => i + FIRST);
    this.count = capacity;
  }

  /** How many ids can be allocated. */
  get available(): number {
    return this.count;
  }

  /** An id that nobody uses, -1 if there is none. */
  allocate(): number {
    if (this.count === 0) return -1;
    const id = this.free[this.first]!;
    this.first = (this.first + 1) % this.free.length;
    this.count--;
    return id;
  }

  /** Takes back an id that {@link allocate} gave, once its answer has come or can no longer come. */
  release(id: number): void {
    this.free[(this.first + this.count) % this.free.length] = id;
    this.count++;
  }
}
