import type { City } from './cities.js';

/** Tells whether the cities that are read are those that were loaded: each of them once, and the same in every column. */
export class Comparison {
  /** How many were read. */
  rows = 0;
  different = 0;
  unexpected = 0;
  private readonly expected: Map<number, City>;

  constructor(loaded: readonly City[]) {
    this.expected = new Map(loaded.map((city) => [city.id, city]));
  }

  add(read: City): void {
    this.rows++;
    const loaded = this.expected.get(read.id);
    if (loaded === undefined) this.unexpected++;
    else if (!isSame(loaded, read)) this.different++;
    this.expected.delete(read.id);
  }

  get missing(): number {
    return this.expected.size;
  }

  get isEqual(): boolean {
    return this.different === 0 && this.unexpected === 0 && this.missing === 0;
  }
}

function isSame(loaded: City, read: City): boolean {
  const columns = Object.keys(loaded) as (keyof City)[];
  // To the last bit: Object.is tells 0 from -0 too.
  return columns.every((column) => Object.is(loaded[column] ?? null, read[column]));
}
