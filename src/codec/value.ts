import type { Writer } from './writer.js';

/**
 * Reads a value from its bytes, `start` to `end`. Null is not its concern; an empty value is `null` unless the type has one
 * of its own, as text and blob do.
 */
export type Decoder = (buffer: Buffer, start: number, end: number) => unknown;

/** Writes the bytes of a value, without their length. Throws a `BindError` for what the type cannot hold. */
export type Encoder = (writer: Writer, value: unknown) => void;

/** What can be done with a CQL type. */
export interface ValueCodec {
  readonly decode: Decoder;
  readonly encode: Encoder;
  /** Of a type whose values are all of one length: how those are read, once it is known that they are. */
  readonly fixed?: FixedValue;
  /** Whether it writes the same value differently each time, so that no server finds it by comparing bytes. */
  readonly isRandomized?: boolean;
  /** Whether a value can be given out twice, and takes longer to make than its bytes to compare: where rows repeat it, it is made once. */
  readonly isReusable?: boolean;
}

export interface FixedValue {
  readonly length: number;
  readonly read: (buffer: Buffer, at: number) => unknown;
  /** The same by way of a view of all bytes of a page, where that is quicker. */
  readonly view?: ((view: DataView, at: number) => unknown) | undefined;
}
