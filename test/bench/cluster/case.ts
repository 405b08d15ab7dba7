/** Something to be timed. */
export interface Case {
  readonly name: string;
  /** How many times one run does it. */
  readonly units: number;
  readonly run: () => unknown;
}

/** A module of the built package, which is what is measured: not the sources as some loader transforms them. */
export async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../../dist/${path}`, import.meta.url).href)) as T;
}
