import type { Measured } from './measured-process.js';

/** What is done: a table becomes a file, or a file a table. */
export type Work = 'unload' | 'load';
export const WORKS: readonly Work[] = ['unload', 'load'];

export type ToolName = 'rxcql' | 'dsbulk' | 'Python';
export const TOOLS: readonly ToolName[] = ['rxcql', 'dsbulk', 'Python'];

export type Format = 'csv' | 'parquet';

/** The keyspace and the table, and where they are. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly localDataCenter: string;
  readonly keyspace: string;
  readonly table: string;
}

/** A program with its arguments. */
export type Call = readonly [program: string, ...args: string[]];

/** A program that moves tables. */
export interface Tool {
  readonly name: ToolName;
  readonly version: string;
  /** Reads the table into a file, or a folder, that is not there yet. */
  unload(place: Place, target: string): Call;
  /** Writes the records of a CSV file with a header into the table. */
  load(place: Place, file: string): Call;
}

/** One thing that was measured, and its rounds. */
export interface EtlResult {
  readonly work: Work;
  readonly tool: ToolName;
  readonly format: Format;
  readonly rows: number;
  readonly rounds: readonly Measured[];
}
