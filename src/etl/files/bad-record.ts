import { MALFORMED } from './utf8-text.js';

/** So much of a record tells which one it is. */
const LONGEST = 1_024;

/** A record of a file that cannot be read. */
export class BadRecord {
  /** A sentence, without anything of the record. */
  readonly reason: string;
  /** The first line of the record, from 1. */
  readonly line: number;
  /** The path of the file. */
  readonly file: string;
  /** How the record begins: 1,024 characters at most. */
  readonly text: string;

  constructor(reason: string, place: { readonly file: string; readonly line: number }, text: string) {
    this.reason = reason;
    this.line = place.line;
    this.file = place.file;
    this.text = text.slice(0, LONGEST).replaceAll(MALFORMED, '\ufffd');
  }
}
