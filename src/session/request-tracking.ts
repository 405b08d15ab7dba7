import { channel } from 'node:diagnostics_channel';
import type { Page } from '../operators/page.js';
import { shownCql } from './shown-cql.js';

/** A request is subscribed to: what the channel `rxcql:request:start` tells, in the context of whoever subscribes. */
export interface RequestStart {
  /** Its number, by which all that is told of it belongs together; counted in the process, from 1. */
  readonly id: number;
  readonly kind: 'query' | 'execute' | 'batch';
  /** The statement without the values in its text, at most 500 characters; the first of a batch. */
  readonly cql: string;
  /** How many statements there are: 1, but for a batch. */
  readonly statements: number;
}

/** It is sent to a node: `rxcql:request:attempt`. */
export interface RequestAttempt {
  readonly id: number;
  /** Which page it is for, from 0. */
  readonly page: number;
  /** The node, as `host:port`. */
  readonly node: string;
  /** How many times this page was asked for, this time among them. */
  readonly attempt: number;
  /** Whether other nodes may still answer. */
  readonly isSpeculative: boolean;
}

/** It failed and is sent again: `rxcql:request:retry`. */
export interface RequestRetry {
  readonly id: number;
  readonly page: number;
  /** The node that it failed at. */
  readonly node: string;
  readonly error: Error;
  /** Whether it is sent to the same node or the next. */
  readonly action: 'same' | 'next';
  /** After how many milliseconds. */
  readonly delay: number;
}

/** A page is there: `rxcql:request:page`. */
export interface RequestPage {
  readonly id: number;
  readonly page: number;
  readonly rowCount: number;
  readonly hasMorePages: boolean;
  readonly coordinator: string;
  readonly attempts: number;
  /** From the first attempt to the answer, in milliseconds. */
  readonly latency: number;
}

/** It is over: `rxcql:request:end`. */
export interface RequestEnd {
  readonly id: number;
  readonly outcome: 'completed' | 'failed' | 'unsubscribed';
  /** Why it failed. */
  readonly error?: unknown;
  /** How many pages were there. */
  readonly pages: number;
  /** From start to end, in milliseconds; of a query that is the time that its pages were read in as well. */
  readonly duration: number;
}

const started = channel('rxcql:request:start');
const attempted = channel('rxcql:request:attempt');
const retried = channel('rxcql:request:retry');
const answered = channel('rxcql:request:page');
const over = channel('rxcql:request:end');
const ALL = [started, attempted, retried, answered, over];

let lastId = 0;

/** Whether anybody listens: most programs pay for this question and nothing more. */
export function isTracking(): boolean {
  return ALL.some(({ hasSubscribers }) => hasSubscribers);
}

/** What happens to one request, told to whoever listens to the channels of `node:diagnostics_channel`. */
export class RequestTracking {
  readonly id: number = ++lastId;
  private pages = 0;

  constructor(kind: RequestStart['kind'], cql: string, statements: number) {
    if (!started.hasSubscribers) return;
    started.publish({ id: this.id, kind, cql: shownCql(cql), statements } satisfies RequestStart);
  }

  attempt(node: string, attempt: number, isSpeculative: boolean): void {
    const { id, pages: page } = this;
    attempted.publish({ id, page, node, attempt, isSpeculative } satisfies RequestAttempt);
  }

  retry(node: string, error: Error, action: 'same' | 'next', delay: number): void {
    const { id, pages: page } = this;
    retried.publish({ id, page, node, error, action, delay } satisfies RequestRetry);
  }

  page({ rowCount, hasMorePages, coordinator, attempts }: Page<unknown>, latency: number): void {
    const { id } = this;
    const page = this.pages++;
    answered.publish({
      id,
      page,
      rowCount,
      hasMorePages,
      coordinator,
      attempts,
      latency,
    } satisfies RequestPage);
  }

  end(outcome: RequestEnd['outcome'], duration: number, error?: unknown): void {
    const { id, pages } = this;
    const told: RequestEnd = { id, outcome, pages, duration, ...(error === undefined ? {} : { error }) };
    over.publish(told);
  }
}
