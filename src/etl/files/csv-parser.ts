import papaparse from 'papaparse';
import { CsvRows } from './csv-rows.js';
import type { CsvSettings } from './csv-settings.js';
import { isLonger } from './is-longer.js';
import type { RecordParser, Records } from './records.js';
import { MALFORMED, type Utf8Text } from './utf8-text.js';

interface Parsed {
  readonly data: readonly string[][];
  readonly errors: readonly { readonly code: string }[];
  readonly meta: { readonly cursor: number };
}

/**
 * Records of CSV as RFC 4180 has it; lines end in LF or CR LF. Papa Parse finds the fields. It is given whole lines, as many as there are, and
 * what it has read of a record that goes on behind them is given to it again, with more. What is added here is what it does not tell: in
 * which line a record begins, and which of its empty fields are quoted.
 *
 * What cannot be read ends with its line: what follows may be in order.
 */
export class CsvParser implements RecordParser {
  line = 1;
  private readonly settings: CsvSettings;
  private readonly text: Utf8Text;
  private readonly records: Records<unknown>;
  private readonly rows: CsvRows;
  private rest = '';
  /** What is being read: the lines that are there whole, up to where their records have been taken, and what was wrong. */
  private lines = '';
  private from = 0;
  private mayHaveQuotes = false;
  private wrong: unknown[] = [];
  private fields: papaparse.Parser | undefined;
  private hasNewline = false;
  /** How long the rest has to be before it is tried again: a long record is not begun with each chunk of it. */
  private enough = 0;
  /** The rest of a line that is too long is left out. */
  private isDropping = false;

  constructor(settings: CsvSettings, text: Utf8Text, records: Records<unknown>) {
    this.settings = settings;
    this.text = text;
    this.records = records;
    this.rows = new CsvRows(settings, records);
  }

  push(text: string): void {
    this.rest += this.isDropping ? this.afterDropped(text) : text;
    this.hasNewline ||= text.includes('\n');
    if (this.hasNewline && this.rest.length >= this.enough) this.parse();
    const { maxRecordBytes } = this.settings;
    while (this.rest.length > maxRecordBytes) {
      this.parse();
      if (this.rest.length > maxRecordBytes) this.refuseLine(this.tooLong);
    }
  }

  end(): void {
    if (this.rest !== '' && !this.rest.endsWith('\n')) this.rest += '\n';
    this.parse();
    while (this.rest !== '') {
      this.refuseLine('It has a quote that is not closed.');
      this.parse();
    }
    this.rows.end();
  }

  private get tooLong(): string {
    return `It is longer than ${this.settings.maxRecordBytes} bytes.`;
  }

  private afterDropped(text: string): string {
    const newline = text.indexOf('\n');
    if (newline < 0) return '';
    this.isDropping = false;
    this.line++;
    return text.slice(newline + 1);
  }

  /** Reads the records that are there whole. */
  private parse(): void {
    while (!this.parseLines()) this.refuseLine('It has characters behind the quote that closes a field.');
    this.hasNewline = false;
    this.enough = this.rest.includes('\n') ? this.rest.length * 2 : 0;
  }

  /** Says whether nothing was wrong. */
  private parseLines(): boolean {
    const end = this.rest.lastIndexOf('\n') + 1;
    if (end === 0) return true;
    const { quote } = this.settings;
    this.lines = this.rest.slice(0, end);
    this.mayHaveQuotes = quote !== '' && this.lines.includes(quote);
    this.from = this.skipComments(0);
    this.wrong = [];
    this.fields ??= this.newParser();
    try {
      // What is wrong with a record that goes on, too. That its quote is not closed yet is nothing.
      this.wrong.push(...(this.fields.parse(this.lines, 0, true) as Parsed).errors);
      return this.wrong.length === 0;
    } finally {
      this.rest = this.rest.slice(this.from);
      this.lines = '';
    }
  }

  /** One for many lines: what each of them leaves behind keeps the lines of the next one from being collected while they are young. */
  private newParser(): papaparse.Parser {
    const { delimiter, quote, escape, comment } = this.settings;
    return new papaparse.Parser({
      delimiter,
      newline: '\n',
      // Otherwise where there is no quote.
      ...(quote === '' && { fastMode: true }),
      quoteChar: quote,
      escapeChar: escape,
      comments: comment ?? false,
      step: ({ data, errors, meta }: Parsed) => {
        this.wrong.push(...errors);
        if (this.wrong.length === 0) {
          this.from = this.skipComments(this.take(data[0]!, meta.cursor));
          return;
        }
        this.fields!.abort();
        // It stays aborted.
        this.fields = undefined;
      },
    } as papaparse.ParseConfig);
  }

  /** Where the first line is that is no comment. Papa Parse leaves them out without a word. */
  private skipComments(from: number): number {
    const { lines } = this;
    const { comment } = this.settings;
    if (comment === undefined) return from;
    let at = from;
    while (lines.startsWith(comment, at)) {
      at = lines.indexOf('\n', at) + 1;
      this.line++;
    }
    return at;
  }

  /** Takes the record up to `to`, its newline included. */
  private take(fields: string[], to: number): number {
    const { line, lines, from, mayHaveQuotes } = this;
    for (let at = lines.indexOf('\n', from); at >= 0 && at < to; at = lines.indexOf('\n', at + 1)) this.line++;
    const raw = (): string => lines.slice(from, to - 1);
    if (isLonger(to - from - 1, raw, this.settings.maxRecordBytes)) {
      this.records.refuse(this.tooLong, line, raw());
    } else if (this.text.hasMalformed && raw().includes(MALFORMED)) {
      this.records.refuse('It has bytes that are no UTF-8.', line, raw());
    } else {
      this.rows.add(fields, { line, raw, mayHaveQuotes });
    }
    return to;
  }

  /** Refuses the first line of what is left. */
  private refuseLine(reason: string): void {
    const { rest, line } = this;
    const newline = rest.indexOf('\n');
    this.isDropping = newline < 0;
    this.hasNewline = !this.isDropping;
    if (!this.isDropping) this.line++;
    this.rest = this.isDropping ? '' : rest.slice(newline + 1);
    this.enough = 0;
    this.records.refuse(reason, line, this.isDropping ? rest : rest.slice(0, newline));
  }
}
