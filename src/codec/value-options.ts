import { normalizeType } from './normalize-type.js';

/**
 * Reads and writes the values of a CQL type, or of one column, in a form of your own: dates of a library, say, or a class.
 * It stands between the driver's own form, which is the one without any of {@link ValueOptions}, and yours.
 *
 * Null and undefined never reach it. What it throws fails the request with a `BindError`, or the page with a `DecodeError`,
 * and is the `cause` of it.
 *
 * @example
 * ```ts
 * const instants: Codec = {
 *   type: 'timestamp',
 *   decode: (date: Date) => Temporal.Instant.fromEpochMilliseconds(date.getTime()),
 *   encode: (instant: Temporal.Instant) => instant.epochMilliseconds,
 * };
 * ```
 */
export interface Codec {
  /**
   * The CQL type, wherever it occurs, inside of collections too: `'timestamp'`, `'list<int>'`, `'address'` or
   * `'shop.address'` for a user-defined type. `frozen<>` does not count.
   */
  readonly type?: string;
  /** Instead: one column, and the parameters that are meant for it: `'keyspace.table.column'`, each as it is stored. */
  readonly column?: string;
  /** From the driver's form, as rows have it by default. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type is the column's
  decode(value: any): unknown;
  /** To anything that the driver takes for the type. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type is the caller's
  encode(value: any): unknown;
}

/** What the values of a session are in JavaScript. */
export interface ValueOptions {
  /** What bigint and counter become; `'number'` is a `DecodeError` beyond 2^53 - 1. Default `'bigint'`. */
  int64?: 'bigint' | 'long' | 'number';
  /** What timestamps become; a number or bigint counts milliseconds since the epoch. Default `'date'`. */
  timestamp?: 'date' | 'number' | 'bigint';
  /** Default `'set'`. Sets of very many numbers that a stranger may choose are read faster, and safely, as `'array'`. */
  set?: 'set' | 'array';
  /**
   * Default `'map'`. With `'object'`, maps whose keys are text, integers of up to 64 bits, UUIDs, addresses, dates or times become
   * objects without a prototype; others, whose keys no property name can stand for, stay Maps.
   */
  map?: 'map' | 'object';
  /** Forms of your own, before all of the above. Of several for the same type or column the last counts. */
  codecs?: readonly Codec[];
}

/** {@link ValueOptions} with every default filled in, and codecs found by what they are for. */
export interface ValueSettings {
  readonly int64: NonNullable<ValueOptions['int64']>;
  readonly timestamp: NonNullable<ValueOptions['timestamp']>;
  readonly set: NonNullable<ValueOptions['set']>;
  readonly map: NonNullable<ValueOptions['map']>;
  /** By {@link normalizeType}. */
  readonly typeCodecs: ReadonlyMap<string, Codec>;
  /** How long the longest name of them is: what is longer need not be looked up. */
  readonly longestType: number;
  /** By `keyspace.table.column`. */
  readonly columnCodecs: ReadonlyMap<string, Codec>;
}

/** How values are read and written where nobody said otherwise. */
export const DEFAULT_VALUES: ValueSettings = valueSettings({});

export function valueSettings(options: ValueOptions): ValueSettings {
  const typeCodecs = new Map<string, Codec>();
  const columnCodecs = new Map<string, Codec>();
  for (const codec of options.codecs ?? []) {
    if (codec.type !== undefined) typeCodecs.set(normalizeType(codec.type), codec);
    if (codec.column !== undefined) columnCodecs.set(codec.column, codec);
  }
  return {
    int64: options.int64 ?? 'bigint',
    timestamp: options.timestamp ?? 'date',
    set: options.set ?? 'set',
    map: options.map ?? 'map',
    typeCodecs,
    longestType: Math.max(0, ...Array.from(typeCodecs.keys(), ({ length }) => length)),
    columnCodecs,
  };
}
