/** What can be preserved of a cell. */
export type Preserved = 'ttl' | 'writetime';

/** When a cell was written, in microseconds, and how many seconds it has to live: null for ever. Undefined is not known. */
export interface CellTime {
  readonly writetime: unknown;
  readonly ttl: unknown;
}

/** What is written together. */
export interface TimeGroup<T> {
  readonly time: CellTime | undefined;
  readonly items: readonly T[];
}

/** The times of the cells of rows, as a scan with the option `preserve` has them: under `writetime(v)` and `ttl(v)`. */
export class CellTimes {
  private readonly preserve: readonly Preserved[];

  constructor(preserve: readonly Preserved[]) {
    this.preserve = preserve;
  }

  of(row: Readonly<Record<string, unknown>>, name: string): CellTime {
    return { writetime: row[`writetime(${name})`], ttl: row[`ttl(${name})`] };
  }

  /** Puts those together that have equal times. */
  grouped<T>(items: readonly T[], timeOf: (item: T) => CellTime | undefined): TimeGroup<T>[] {
    const groups = new Map<string, { readonly time: CellTime | undefined; readonly items: T[] }>();
    for (const item of items) {
      const time = timeOf(item);
      const key = `${String(time?.writetime)} ${String(time?.ttl)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { time, items: [item] });
      else group.items.push(item);
    }
    return [...groups.values()];
  }

  /** The values for `USING TIMESTAMP ? AND TTL ?`, or the part of it that is preserved. What is not known is left to the server. */
  values(time: CellTime | undefined): unknown[] {
    const { preserve } = this;
    return [
      ...(preserve.includes('writetime') ? [time?.writetime ?? undefined] : []),
      // A table may have a time to live for what has none: 0 is none.
      ...(preserve.includes('ttl') ? [time?.ttl === null ? 0 : time?.ttl] : []),
    ];
  }
}
