import { defer, endWith, filter, ignoreElements, merge, type Observable, switchMap, takeUntil, timer } from 'rxjs';
import { type Checks, checkOptions, milliseconds } from '../check.js';
import type { Health } from './health.js';
import type { Session } from './session.js';

export interface MonitorOptions {
  /** Between two checks, in milliseconds; default 60,000. */
  interval?: number | undefined;
}

const CHECKS: Checks<MonitorOptions> = { interval: milliseconds };

/**
 * Watches over the nodes of a session: emits their {@link Health} when it is subscribed to, at every interval, and whenever a node is lost
 * or back. Cold; each subscription asks for itself. Connects the session if that was not done yet. Completes when the session is closed;
 * errors only with a `ConfigurationError` for options that are wrong.
 *
 * @example
 * ```ts
 * monitorHealth(session, { interval: 10_000 }).subscribe(({ ok, nodes }) => {
 *   for (const { node, error } of nodes) if (error !== undefined) console.warn(node.address, error.message);
 * });
 * ```
 */
export function monitorHealth(session: Session, options: MonitorOptions = {}): Observable<Health> {
  return defer(() => {
    checkOptions<MonitorOptions>(options, CHECKS, 'options of monitorHealth()');
    const changes = session.events.pipe(filter(({ type }) => type === 'nodeUp' || type === 'nodeDown'));
    const closed = session.events.pipe(ignoreElements(), endWith(undefined));
    return merge(timer(0, options.interval ?? 60_000), changes).pipe(
      switchMap(() => session.health()),
      takeUntil(closed),
    );
  });
}
