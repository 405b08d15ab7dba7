import type { RecordParser, Records } from './records.js';
import { isLonger } from './is-longer.js';
import { MALFORMED, type Utf8Text } from './utf8-text.js';

/** Records of NDJSON: an object or array of JSON a line. Lines without anything are left out. */
export class NdjsonParser implements RecordParser {
  line = 1;
  private readonly maxRecordBytes: number;
  private readonly text: Utf8Text;
  private readonly records: Records<unknown>;
  /** What has come of a line. */
  private rest = '';
  /** The rest of a line that is too long is left out. */
  private isDropping = false;

  constructor(maxRecordBytes: number, text: Utf8Text, records: Records<unknown>) {
    this.maxRecordBytes = maxRecordBytes;
    this.text = text;
    this.records = records;
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = text.slice(from, end);
      from = end + 1;
      this.take(line);
    }
    if (this.isDropping) return;
    this.rest += text.slice(from);
    if (this.rest.length > this.maxRecordBytes) this.drop();
  }

  end(): void {
    this.take('');
  }

  private take(end: string): void {
    const text = this.rest + end;
    const line = this.line++;
    const { isDropping } = this;
    this.rest = '';
    this.isDropping = false;
    if (isDropping || text.trim() === '') return;
    if (isLonger(text.length, () => text, this.maxRecordBytes)) this.refuseLong(line, text);
    else if (this.text.hasMalformed && text.includes(MALFORMED))
      this.records.refuse('It has bytes that are no UTF-8.', line, text); // prettier-ignore
    else this.parse(text, line);
  }

  private parse(text: string, line: number): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // What the message says besides is a part of the record.
      this.records.refuse('It is no JSON.', line, text);
      return;
    }
    if (typeof value === 'object' && value !== null) this.records.add(value, line);
    else this.records.refuse('It is neither an object nor an array.', line, text);
  }

  private drop(): void {
    const { rest } = this;
    this.rest = '';
    this.isDropping = true;
    this.refuseLong(this.line, rest);
  }

  private refuseLong(line: number, text: string): void {
    this.records.refuse(`It is longer than ${this.maxRecordBytes} bytes.`, line, text);
  }
}
