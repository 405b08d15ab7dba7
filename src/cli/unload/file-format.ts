import { map, type Observable, of } from 'rxjs';
import { csvFormat } from '../../etl/files/csv-format.js';
import type { FileFormat } from '../../etl/files/file-format.js';
import { ndjsonFormat } from '../../etl/files/ndjson-format.js';
import { characterOf, formatOf, placeOf } from '../options/files.js';
import type { Options } from '../options/options.js';
import { parquetWriting } from '../parquet.js';

/** The files that are to be written. Emits once. @throws ConfigurationError */
export function fileFormat(options: Options): Observable<FileFormat> {
  const format = formatOf(options, placeOf(options));
  if (format === 'parquet') return parquetWriting().pipe(map(({ parquetFormat }) => parquetFormat()));
  return of(format === 'ndjson' ? ndjsonFormat() : csvFormatOf(options));
}

function csvFormatOf(options: Options): FileFormat {
  const delimiter = characterOf(options, 'delimiter');
  const quote = characterOf(options, 'quote');
  const nullText = options.text('null');
  return csvFormat({
    header: options.flag('header') ?? true,
    ...(delimiter !== undefined && { delimiter }),
    ...(quote !== undefined && { quote }),
    ...(nullText !== undefined && { nullText }),
  });
}
