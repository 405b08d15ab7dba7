// What was written, and what is known of it. Its size does not grow: the memory of the process that keeps it is looked at.
import type { Random } from '../fuzz/random.js';
import { LIST_LENGTH, type Operation, type OperationKind, type Outcome, PARTITIONS, proofOf } from './workload.js';

/** What is known of a write. */
export const WriteState = { none: 0, sent: 1, acknowledged: 2, unknown: 3, refused: 4 } as const;

/** The ledger's books, which can be sent to another process. */
export interface Books {
  /** By key: the last value that was sent, and the last one that was acknowledged. */
  readonly sent: Int32Array;
  readonly acknowledged: Int32Array;
  /** By key: the {@link WriteState} of its only write. */
  readonly journal: Uint8Array;
  /** By key: how many additions were acknowledged, and of how many nobody knows. */
  readonly counted: Int32Array;
  readonly uncertain: Int32Array;
  /** By element: the {@link WriteState} of its only append. */
  readonly elements: Uint8Array;
}

/** An operation, and what its outcome is to be told to: a sentence if that is wrong. */
export interface Task {
  readonly operation: Operation;
  readonly settle: (outcome: Outcome) => string | undefined;
}

export class Ledger {
  readonly books: Books;
  private readonly keyspace: string;
  private readonly random: Random;
  /** The keys of registers of which a value is on its way. */
  private readonly busy = new Uint8Array(PARTITIONS.registers);
  private journalLength = 0;
  private elementCount = 0;

  /** @param capacity The most writes of a kind. */
  constructor(keyspace: string, random: Random, capacity: number) {
    this.keyspace = keyspace;
    this.random = random;
    this.books = {
      sent: new Int32Array(PARTITIONS.registers),
      acknowledged: new Int32Array(PARTITIONS.registers),
      journal: new Uint8Array(capacity),
      counted: new Int32Array(PARTITIONS.counters),
      uncertain: new Int32Array(PARTITIONS.counters),
      elements: new Uint8Array(capacity),
    };
  }

  task(kind: OperationKind): Task {
    const { keyspace, random, books } = this;
    switch (kind) {
      case 'known read': {
        const k = random.below(PARTITIONS.known);
        return {
          operation: read(`SELECT k, proof FROM ${keyspace}.known WHERE k = ?`, k),
          settle: ({ error, row }) => {
            if (error !== undefined) return undefined;
            return row?.['k'] === k && row['proof'] === proofOf(k, 0) ? undefined : wrong('known', k, row);
          },
        };
      }
      case 'register read': {
        const k = random.below(PARTITIONS.registers);
        return {
          operation: read(`SELECT k, v, proof FROM ${keyspace}.registers WHERE k = ?`, k),
          settle: ({ error, row }) => {
            // One replica may be behind, but cannot know what was never sent.
            if (error !== undefined || row === undefined) return undefined;
            const v = row['v'] as number;
            const isRight = row['k'] === k && v <= books.sent[k]! && row['proof'] === proofOf(k, v);
            return isRight ? undefined : wrong('registers', k, row);
          },
        };
      }
      case 'insert': {
        const k = this.journalLength++;
        books.journal[k] = WriteState.sent;
        return {
          operation: write(
            `INSERT INTO ${keyspace}.journal (bucket, k, proof) VALUES (?, ?, ?)`,
            [k % PARTITIONS.journal, k, proofOf(k, 0)],
            true,
          ),
          settle: (outcome) => void (books.journal[k] = stateOf(outcome)),
        };
      }
      case 'update': {
        let k = random.below(PARTITIONS.registers);
        while (this.busy[k] === 1) k = (k + 1) % PARTITIONS.registers;
        this.busy[k] = 1;
        const v = ++books.sent[k]!;
        return {
          operation: write(
            `INSERT INTO ${keyspace}.registers (k, v, proof) VALUES (?, ?, ?)`,
            [k, v, proofOf(k, v)],
            true,
          ),
          settle: ({ error }) => {
            this.busy[k] = 0;
            if (error === undefined) books.acknowledged[k] = v;
            return undefined;
          },
        };
      }
      case 'count': {
        const k = random.below(PARTITIONS.counters);
        return {
          operation: write(`UPDATE ${keyspace}.counters SET n = n + 1 WHERE k = ?`, [k], false),
          settle: (outcome) => {
            const state = stateOf(outcome);
            if (state === WriteState.acknowledged) books.counted[k]!++;
            else if (state === WriteState.unknown) books.uncertain[k]!++;
            return undefined;
          },
        };
      }
      case 'append': {
        const element = this.elementCount++;
        books.elements[element] = WriteState.sent;
        return {
          operation: write(
            `UPDATE ${keyspace}.lists SET elements = elements + ? WHERE k = ?`,
            [[element], Math.floor(element / LIST_LENGTH)],
            false,
          ),
          settle: (outcome) => void (books.elements[element] = stateOf(outcome)),
        };
      }
    }
  }
}

const read = (cql: string, k: number): Operation => ({ cql, params: [k], consistency: 'LOCAL_ONE', idempotent: true });

const write = (cql: string, params: readonly unknown[], idempotent: boolean): Operation => ({
  cql,
  params,
  consistency: 'LOCAL_QUORUM',
  idempotent,
});

function stateOf({ error }: Outcome): number {
  if (error === undefined) return WriteState.acknowledged;
  return error.isUnknown ? WriteState.unknown : WriteState.refused;
}

const wrong = (table: string, k: number, row: unknown): string =>
  `The row ${k} of ${table} was answered with ${row === undefined ? 'nothing' : JSON.stringify(row)}.`;
