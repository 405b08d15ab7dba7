import type { Observable } from 'rxjs';
import type { Page } from '../../operators/page.js';
import type { Params } from '../bind.js';
import type { ExecutionResult } from './execution-result.js';

/** What is done for one element. */
export interface Task<R> {
  readonly params: Params;
  /** One page of its result. */
  fetch(pagingState: Buffer | undefined): Observable<Page<R>>;
}

/** One of the places that elements are worked on in: taken until the last page of its result has been emitted. */
export class Place<R> {
  readonly index: number;
  readonly task: Task<R>;
  /** Where the next page begins that is to be fetched. */
  pagingState: Buffer | undefined = undefined;
  /** In ordered mode: what has come before its turn. */
  readonly results: ExecutionResult<R>[] | undefined;
  /** In ordered mode: whether there are more pages, which are fetched when its turn has come. */
  isWaiting = false;
  isDone = false;

  constructor(index: number, task: Task<R>, results: ExecutionResult<R>[] | undefined) {
    this.index = index;
    this.task = task;
    this.results = results;
  }
}
