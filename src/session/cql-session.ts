import { defer, finalize, lastValueFrom, map, Observable, ReplaySubject, share, switchMap } from 'rxjs';
import type { ClusterEvent } from '../cluster/cluster-event.js';
import type { Topology } from '../cluster/node.js';
import { ConfigurationError } from '../errors.js';
import { type Inspect, inspectCustom } from '../operators/inspect.js';
import type { Page, Row } from '../operators/page.js';
import { watchedPages } from '../operators/pages.js';
import { formatEndpoint } from '../wire/socket.js';
import { abortWith } from './abort-with.js';
import { type BatchItem, BatchItems } from './batch-items.js';
import { BatchJob } from './batch-job.js';
import { type BatchOptions, batchSettings } from './batch-options.js';
import type { Params } from './bind.js';
import { type Checks, checkOptions, text } from '../check.js';
import type { SessionContext } from './context.js';
import { run } from './execute.js';
import { ExecutionOf, runOne } from './execution-of.js';
import { type Health, healthOf } from './health.js';
import { type Metadata, metadataOf } from './metadata.js';
import { type Metrics, metricsOf } from './metrics.js';
import type { Prepared } from './prepared.js';
import { type QueryOptions, querySettings } from './request-options.js';
import { isTracking } from './request-tracking.js';
import type { Session } from './session.js';
import { type Statement, StatementJob } from './statement-job.js';
import { tracked } from './tracked.js';

interface PrepareOptions {
  keyspace?: string;
}

const PREPARE_CHECKS: Checks<PrepareOptions> = { keyspace: text };

const LEFT =
  'The session was closed when its subscription to connect() ended, as with take(1) or firstValueFrom(): ' +
  'use it inside that subscription, or use createSession() for a session that you close yourself.';

/** A {@link Session}, as `connect()` and `createSession()` make it. */
export class CqlSession implements Session {
  readonly #context: SessionContext;
  #closing: Observable<void> | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  get keyspace(): string | undefined {
    return this.#context.keyspace;
  }

  connect(): Observable<Session> {
    return defer(() => {
      const { open } = this.#context;
      this.#context.refuseIfClosed();
      return new Observable<Session>((subscriber) =>
        open.subscribe({
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            subscriber.next(this);
            subscriber.complete();
          },
        }),
      );
    });
  }

  get topology(): Observable<Topology> {
    return this.#context.cluster.news.topology;
  }

  get metadata(): Metadata {
    return metadataOf(this.#context.cluster);
  }

  health(): Observable<Health> {
    return healthOf(this.#context);
  }

  get metrics(): Metrics {
    return metricsOf(this.#context);
  }

  get events(): Observable<ClusterEvent> {
    return this.#context.cluster.news.events;
  }

  query<R = Row>(statement: Statement, params?: Params, options?: QueryOptions): Observable<Page<R>> {
    return new Observable((subscriber) => {
      const { request, profiles } = this.#context.settings;
      const job = new StatementJob(statement, params, querySettings(options, request, profiles));
      // Later pages are asked for when the caller may long have put other values into the array.
      job.freeze();
      abortWith(options?.signal, subscriber);
      const first = job.settings.pagingState;
      const { unreadPages, wire } = this.#context;
      // Ticks are counted only while somebody waits for one: this is who does while the pages are being read.
      if (job.settings.deadline !== undefined) subscriber.add(wire.deadlines.timer(job.settings.deadline).subscribe());
      const pages = watchedPages<R, Uint8Array>(
        (state) => new Observable<Page<R>>((fetch) => run(this.#context, job, state ?? first, fetch)),
        (page, index) => unreadPages.watch(page, index, job.cql),
      );
      (isTracking() ? tracked(pages, job, 'query', wire.now) : pages).subscribe(subscriber);
    });
  }

  execute<R = Row>(statement: Statement, params?: Params, options?: QueryOptions): Observable<Page<R>> {
    return new ExecutionOf(this.#context, statement, params, options);
  }

  batch<R = Row>(statements: Iterable<BatchItem>, options?: BatchOptions): Observable<Page<R>> {
    const items = new BatchItems(statements);
    return new Observable((subscriber) => {
      const { request, profiles } = this.#context.settings;
      const settings = batchSettings(options, request, profiles);
      const job = new BatchJob(items.read(settings), options?.type ?? 'logged', settings);
      abortWith(options?.signal, subscriber);
      return runOne(this.#context, 'batch', job, subscriber);
    });
  }

  prepare(cql: string, options?: { keyspace?: string }): Observable<Prepared> {
    return defer(() => {
      if (typeof cql !== 'string') throw new ConfigurationError('prepare() takes a statement as a string.');
      if (options !== undefined) checkOptions<PrepareOptions>(options, PREPARE_CHECKS, 'options of prepare()');
      const { admission } = this.#context;
      // Counted as a request, for which closing waits: who leaves connect() leaves this an instant later, but it would have
      // lost its connection by then, and have failed as if the session was used after it was left.
      admission.enter();
      return this.connect().pipe(
        switchMap(() => this.#context.prepare(cql, options?.keyspace)),
        finalize(() => admission.leave()),
      );
    });
  }

  close(): Observable<void> {
    return (this.#closing ??= this.#close(undefined));
  }

  toJSON(): object {
    const { contactPoints } = this.#context.settings;
    return { contactPoints: contactPoints.map(formatEndpoint), keyspace: this.keyspace };
  }

  /** @internal */
  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return `Session ${inspect(this.toJSON(), options)}`;
  }

  /** Closes the session since its subscription ended; who uses it afterwards is told why it cannot be used. */
  leave(): void {
    (this.#closing ??= this.#close(LEFT)).subscribe();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return lastValueFrom(this.close());
  }

  #close(reason: string | undefined): Observable<void> {
    return this.#context.close(reason).pipe(
      map(() => undefined),
      share({
        connector: () => new ReplaySubject(1),
        resetOnComplete: false,
        resetOnError: false,
        resetOnRefCountZero: false,
      }),
    );
  }
}
