/** One thing that both codecs do, of the same bytes or values. */
export interface Case {
  readonly name: string;
  /** What the figures are per: rows of a page, say. */
  readonly unit: string;
  /** How many of them one call does. */
  readonly units: number;
  readonly ours: () => unknown;
  readonly theirs: () => unknown;
  /** The least that could be done, where there is such a thing. */
  readonly floor?: () => unknown;
  /** How many times as fast as theirs ours has to be, where that is promised. */
  readonly target?: number | undefined;
}

/** A module of the built package, which is what is measured: not the sources as some loader transforms them. */
export async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../../dist/${path}`, import.meta.url).href)) as T;
}
