/** Stream id 0 stays with the driver: Cassandra answers there what it could not read. */
const FIRST = 1;

/** What an int16 holds, without its negative half, which is the server's. */
export const MAX_STREAM_IDS = 32_767;

/** The stream ids of one connection: allocated from, and released to, a stack that never grows. */
export class StreamIds {
  private readonly free: Int16Array;
  private count: number;

  /** @param capacity How many ids there are, at most {@link MAX_STREAM_IDS}. */
  constructor(capacity: number) {
    this.free = new Int16Array(capacity);
    this.count = capacity;
    // The lowest id is on top, so that the table which they index stays as small as the traffic.
    for (let i = 0; i < capacity; i++) this.free[i] = capacity - 1 - i + FIRST;
  }

  /** How many ids can be allocated. */
  get available(): number {
    return this.count;
  }

  /** An id that nobody uses, -1 if there is none. */
  allocate(): number {
    return this.count === 0 ? -1 : this.free[--this.count]!;
  }

  /** Takes back an id that {@link allocate} gave, once its answer has come or can no longer come. */
  release(id: number): void {
    this.free[this.count++] = id;
  }
}
