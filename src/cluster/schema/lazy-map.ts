import { type Inspect, inspectCustom } from './inspect.js';

/** A map that makes a value when it is asked for. What makes them has to keep them: the same key is asked for again. */
export class LazyMap<S, V> implements ReadonlyMap<string, V> {
  private readonly sources: ReadonlyMap<string, S>;
  private readonly make: (source: S, key: string) => V;

  constructor(sources: ReadonlyMap<string, S>, make: (source: S, key: string) => V) {
    this.sources = sources;
    this.make = make;
  }

  get size(): number {
    return this.sources.size;
  }

  has(key: string): boolean {
    return this.sources.has(key);
  }

  get(key: string): V | undefined {
    const source = this.sources.get(key);
    return source === undefined ? undefined : this.make(source, key);
  }

  keys(): MapIterator<string> {
    return this.sources.keys();
  }

  *values(): Generator<V, undefined> {
    for (const [key, source] of this.sources) yield this.make(source, key);
  }

  *entries(): Generator<[string, V], undefined> {
    for (const [key, source] of this.sources) yield [key, this.make(source, key)];
  }

  [Symbol.iterator](): Generator<[string, V], undefined> {
    return this.entries();
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }

  /** @internal For JSON.stringify(). */
  toJSON(): object {
    return Object.fromEntries(this);
  }

  /** @internal Its keys: what is looked at in a log should not make a thousand tables. */
  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return `Map(${this.size}) ${inspect([...this.keys()], options)}`;
  }
}
