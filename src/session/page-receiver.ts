import type { Observer } from 'rxjs';
import type { Page } from '../operators/page.js';

/** What a request reports to: one page and completion, or an error. Every Subscriber is one; who has thousands may have something lighter. */
export interface PageReceiver<R> extends Observer<Page<R>> {
  /** Whether it wants nothing any more: nothing is begun for it then. */
  readonly closed: boolean;
}
