import type { Page, Row } from '../../operators/page.js';

/** What has become of one element of the source of `executeConcurrent()`: a page of its result, or why there is none. */
export type ExecutionResult<R = Row> =
  | { readonly index: number; readonly ok: true; readonly page: Page<R> }
  | {
      readonly index: number;
      readonly ok: false;
      readonly error: Error;
      readonly params: readonly unknown[] | Readonly<Record<string, unknown>>;
    };
