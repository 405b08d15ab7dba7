import type { Observable } from 'rxjs';
import type { ExecutionResult, Page, QueryOptions, Session } from 'rxcql';

/** A session that answers by name: the value of a statement says which of these, and a paging state the page after the first. */
export function sessionOf(answers: Readonly<Record<string, readonly Observable<Page<string>>[]>>): Session {
  const execute = (_: unknown, [name]: [string], options?: QueryOptions) =>
    answers[name]![options?.pagingState === undefined ? 0 : 1];
  return { execute } as unknown as Session;
}

/** What a result shows in a picture: the row of its page, or the error. */
export function shown(result: ExecutionResult<string>): string {
  return result.ok ? result.page.first()! : `not ${(result.params as string[]).join()}`;
}
