import { templateOf } from '../../codec/own.js';
import type { CsvSettings } from './csv-settings.js';
import { FileError } from './file-error.js';
import { quotedFields } from './quoted-fields.js';
import type { Records } from './records.js';

/** Where a record is from, and how it stands there. */
export interface CsvPlace {
  readonly line: number;
  /** Without the newline at its end. */
  raw(): string;
  /** Whether there may be quotes in it. */
  readonly mayHaveQuotes: boolean;
}

/** Makes records of the fields of one file. */
export class CsvRows {
  private readonly settings: CsvSettings;
  private readonly records: Records<unknown>;
  /** Undefined where records are arrays, or as long as the names are to come. */
  private names: readonly string[] | undefined;
  private template: Record<string, unknown> = {};
  /** How many fields a record has; undefined as long as that is not known. */
  private width: number | undefined;
  /** Lines without anything that came before it was: of one column, they are records. */
  private blank: number[] = [];

  constructor(settings: CsvSettings, records: Records<unknown>) {
    this.settings = settings;
    this.records = records;
    if (typeof settings.header === 'object') this.name(settings.header, 1);
  }

  add(fields: string[], place: CsvPlace): void {
    const { settings, records } = this;
    // Of one column, it is a record with a null.
    if (fields.length === 1 && this.width !== 1 && isBlank(place)) {
      if (this.width === undefined && settings.header === false) this.blank.push(place.line);
      return;
    }
    const isNull = this.nulls(fields, place);
    if (settings.header === true && this.names === undefined) {
      this.name(fields, place.line);
      return;
    }
    if (this.width === undefined) this.begin(fields.length);
    if (fields.length !== this.width) {
      records.refuse(`It has ${fields.length} fields in place of ${this.width}.`, place.line, place.raw());
      return;
    }
    const { names } = this;
    const record: Record<string | number, unknown> = names === undefined ? (fields as never) : { ...this.template };
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      record[names === undefined ? i : names[i]!] = settings.nulls.includes(field) && isNull(i) ? null : field;
    }
    records.add(record, place.line);
  }

  /** No more comes. */
  end(): void {
    if (this.width === undefined) this.begin(1);
  }

  private begin(width: number): void {
    this.width = width;
    const { blank } = this;
    this.blank = [];
    if (width > 1) return;
    const value = this.settings.nulls.includes('') ? null : '';
    for (const line of blank) this.records.add([value], line);
  }

  /** Takes away the CR of a line that ends in CR LF. Says of a field that looks like a null whether it is one: not if it is quoted. */
  private nulls(fields: string[], place: CsvPlace): (index: number) => boolean {
    const { delimiter, quote } = this.settings;
    let quoted: readonly boolean[] | undefined;
    const isQuoted = (index: number): boolean => {
      if (!place.mayHaveQuotes) return false;
      quoted ??= quotedFields(place.raw(), fields, delimiter, quote);
      return quoted[index]!;
    };
    const end = fields.length - 1;
    const last = fields[end]!;
    if (last.endsWith('\r') && !isQuoted(end)) fields[end] = last.slice(0, -1);
    return (index) => !isQuoted(index);
  }

  /** @throws FileError */
  private name(names: readonly string[], line: number): void {
    const { file } = this.records;
    const wrong = (reason: string): FileError => new FileError(file, `The header of ${file} cannot be used: ${reason}.`, { line }); // prettier-ignore
    const empty = names.indexOf('');
    if (empty >= 0) throw wrong(`column ${empty + 1} has no name`);
    const twice = names.findIndex((name, index) => names.indexOf(name) < index);
    if (twice >= 0) throw wrong(`column ${twice + 1} has the name of another`);
    this.names = names;
    this.width = names.length;
    this.template = templateOf(names);
  }
}

function isBlank(place: CsvPlace): boolean {
  const text = place.raw();
  return text === '' || text === '\r';
}
