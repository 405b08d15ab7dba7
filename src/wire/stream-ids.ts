/** Stream id 0 stays with the driver: Cassandra answers there what it could not read. */
const FIRST = 1;

/** What an int16 holds, without its negative half, which is the server's. */
export const MAX_STREAM_IDS = 32_767;

/** As many are used at first: few, so that what is looked up by them stays close to the processor. */
const FEW = 1_024;

/**
 * The stream ids of one connection. The one that has been free for longest is allocated first, so that an answer that comes
 * twice meets an id that nobody uses rather than another request. Where all are in use, there are twice as many from then on.
 */
export class StreamIds {
  private readonly capacity: number;
  /** A ring of those that are free. */
  private free: Int16Array;
  private first = 0;
  private count: number;

  /** @param capacity How many ids there are, at most {@link MAX_STREAM_IDS}. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.count = Math.min(capacity, FEW);
    this.free = Int16Array.from({ length: this.count }, (_, i) => i + FIRST);
  }

  /** How many ids can be allocated. */
  get available(): number {
    return this.count + this.capacity - this.free.length;
  }

  /** An id that nobody uses, -1 if there is none. */
  allocate(): number {
    if (this.count === 0 && !this.grow()) return -1;
    const id = this.free[this.first]!;
    this.first = this.first + 1 === this.free.length ? 0 : this.first + 1;
    this.count--;
    return id;
  }

  /** Takes back an id that {@link allocate} gave, once its answer has come or can no longer come. */
  release(id: number): void {
    const place = this.first + this.count;
    this.free[place < this.free.length ? place : place - this.free.length] = id;
    this.count++;
  }

  /** Adds as many ids as there are, of which none is free. */
  private grow(): boolean {
    const { length } = this.free;
    this.count = Math.min(length, this.capacity - length);
    this.free = new Int16Array(length + this.count);
    for (let i = 0; i < this.count; i++) this.free[i] = length + i + FIRST;
    this.first = 0;
    return this.count > 0;
  }
}
