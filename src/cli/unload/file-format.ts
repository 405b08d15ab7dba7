import { csvFormat } from '../../etl/files/csv-format.js';
import type { FileFormat } from '../../etl/files/file-format.js';
import { ndjsonFormat } from '../../etl/files/ndjson-format.js';
import { parquetFormat } from '../../etl/parquet/parquet-format.js';
import { characterOf, formatOf, placeOf } from '../options/files.js';
import type { Options } from '../options/options.js';

/** The files that are to be written. @throws ConfigurationError */
export function fileFormat(options: Options): FileFormat {
  const format = formatOf(options, placeOf(options));
  if (format === 'parquet') return parquetFormat();
  if (format === 'ndjson') return ndjsonFormat();
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
