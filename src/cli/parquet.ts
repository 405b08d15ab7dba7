import { from, type Observable } from 'rxjs';
import type * as Reading from '../etl/parquet/from-parquet.js';
import type * as Writing from '../etl/parquet/parquet-format.js';

// Loaded when they are needed: most runs have nothing to do with Parquet, and these take a tenth of the time and memory in which a run begins.

export const parquetReading = (): Observable<typeof Reading> => from(import('../etl/parquet/from-parquet.js'));
export const parquetWriting = (): Observable<typeof Writing> => from(import('../etl/parquet/parquet-format.js'));
