import { randomUUID } from 'node:crypto';
import cassandra from 'cassandra-driver';

/** A column type of which values are made, as each of the codecs has them. */
export interface Sample {
  readonly kind: string;
  /** The id of the type in the protocol. */
  readonly id: number;
  ours(): unknown;
  /** The same value as the peer's users have it. */
  theirs(value: unknown): unknown;
}

const same = (value: unknown): unknown => value;
const WORDS = ['Lovelace', 'Hopper', 'Turing', 'a name that is somewhat longer', 'Åse', 'x'];
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;

export const SAMPLES = {
  uuid: { kind: 'uuid', id: 0x0c, ours: () => randomUUID(), theirs: same },
  text: { kind: 'text', id: 0x0d, ours: () => pick(WORDS), theirs: same },
  int: { kind: 'int', id: 0x09, ours: () => Math.floor(Math.random() * 1e9), theirs: same },
  bigint: {
    kind: 'bigint',
    id: 0x02,
    ours: () => BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)),
    theirs: (value) => cassandra.types.Long.fromString(String(value)),
  },
  double: { kind: 'double', id: 0x07, ours: () => Math.random() * 1e6, theirs: same },
  boolean: { kind: 'boolean', id: 0x04, ours: () => Math.random() < 0.5, theirs: same },
  timestamp: { kind: 'timestamp', id: 0x0b, ours: () => new Date(1.7e12 + Math.random() * 1e10), theirs: same },
} satisfies Record<string, Sample>;

/** Eight columns of the types that tables are made of. */
export const MIXED: readonly Sample[] = [
  SAMPLES.uuid,
  SAMPLES.text,
  SAMPLES.int,
  SAMPLES.bigint,
  SAMPLES.double,
  SAMPLES.boolean,
  SAMPLES.timestamp,
  SAMPLES.text,
];
