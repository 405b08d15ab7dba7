import type { Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import type { Page } from '../../operators/page.js';
import type { Params } from '../bind.js';
import { areParams, copyOfParams } from '../params.js';
import type { QueryOptions } from '../request-options.js';
import type { Session } from '../session.js';
import type { Statement } from '../statement-job.js';
import type { Place } from './place.js';

/** What is done for each element: a statement is executed with its values, page by page. */
export class Work<R> {
  private readonly session: Session;
  /** Null where each element has its own. */
  private readonly statement: Statement | null;
  private readonly options: QueryOptions | undefined;

  constructor(session: Session, statement: Statement | null, options: QueryOptions | undefined) {
    this.session = session;
    this.statement = statement;
    this.options = options;
  }

  /** Gives the element to a place. @throws ConfigurationError if it is none. */
  take(place: Place<R>, element: unknown): void {
    // Whatever is wrong with it.
    place.given = element as Params;
    if (this.statement === null) {
      const [statement, params] = pairOf(element, place.index);
      place.statement = statement;
      place.given = params ?? valuesOf(statement);
      place.params = params && copyOfParams(params);
    } else {
      place.statement = this.statement;
      place.params = copyOfParams(paramsOf(element, place.index));
    }
  }

  /** The next page of its result. */
  page({ statement, params, pagingState }: Place<R>): Observable<Page<R>> {
    const options = pagingState === undefined ? this.options : { ...this.options, pagingState };
    return this.session.execute<R>(statement, params, options);
  }
}

function paramsOf(element: unknown, index: number): Params {
  if (areParams(element)) return element;
  throw new ConfigurationError(
    `Element ${index} of the source is no parameters: they are an array, or an object by name.`,
  );
}

function pairOf(element: unknown, index: number): readonly [Statement, Params | undefined] {
  if (Array.isArray(element) && element.length <= 2) {
    const [statement, params] = element as [unknown, unknown];
    const isStatement = typeof statement === 'string' || isObject(statement);
    if (isStatement && (params === undefined || areParams(params))) return [statement as Statement, params];
  }
  throw new ConfigurationError(
    `Element ${index} of the source is no [statement, params]: without a statement for all, each has its own.`,
  );
}

/** Those that a statement has itself. */
function valuesOf(statement: Statement): Params {
  return typeof statement === 'object' && 'params' in statement ? statement.params : [];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
