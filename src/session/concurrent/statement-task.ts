import type { Observable } from 'rxjs';
import type { Page } from '../../operators/page.js';
import type { Params } from '../bind.js';
import { copyOfParams } from '../params.js';
import type { QueryOptions } from '../request-options.js';
import type { Session } from '../session.js';
import type { Statement } from '../statement-job.js';
import type { Task } from './place.js';

/** A statement with its values, page by page. */
export class StatementTask<R> implements Task<R> {
  private readonly session: Session;
  private readonly statement: Statement;
  private readonly given: Params | undefined;
  /** As they were at first: a source may put the values of the next element into the same array. */
  private readonly kept: Params | undefined;
  private readonly options: QueryOptions | undefined;

  constructor(session: Session, statement: Statement, params: Params | undefined, options: QueryOptions | undefined) {
    this.session = session;
    this.statement = statement;
    this.given = params;
    this.kept = params && copyOfParams(params);
    this.options = options;
  }

  get params(): Params {
    const { statement } = this;
    if (this.given !== undefined) return this.given;
    return typeof statement === 'object' && 'params' in statement ? statement.params : [];
  }

  fetch(pagingState: Buffer | undefined): Observable<Page<R>> {
    const options = pagingState === undefined ? this.options : { ...this.options, pagingState };
    return this.session.execute<R>(this.statement, this.kept, options);
  }
}
