import { type Observable, of, race, Subject, take, timer } from 'rxjs';
import { ThrottleError } from '../errors.js';
import type { Deadlines, Watched } from '../wire/deadlines.js';
import { Lanes, type Waiting } from './lanes.js';

export interface AdmissionOptions {
  /** How many requests may be on their way at a time. */
  readonly maxConcurrent: number;
  /** How many may wait before they are sent. */
  readonly maxQueue: number;
}

/** Counts the requests of a session, lets those wait that cannot be sent yet, and knows when all are done. */
export class Admission implements Watched {
  private readonly options: AdmissionOptions;
  private readonly hasRoom: () => boolean;
  private readonly deadlines: Deadlines;
  /** Those that wait for a place on a connection. */
  private readonly queue = new Lanes();
  /** Those that wait for something else. */
  private readonly held = new Set<Waiting>();
  private readonly emptied = new Subject<undefined>();
  private active = 0;
  private placesTaken = 0;
  private isWaking = false;
  private isWoken = false;
  private closedError: (() => Error) | undefined;

  /** @param hasRoom Whether a request would be taken now, or would fail: in either case it need not wait. */
  constructor(options: AdmissionOptions, hasRoom: () => boolean, deadlines: Deadlines) {
    this.options = options;
    this.hasRoom = hasRoom;
    this.deadlines = deadlines;
  }

  /** Whether a request may take a place that there is, once those that came before have taken theirs. */
  letsPass(request: Waiting): boolean {
    if (this.queue.isEmpty) return true;
    this.wake();
    return !this.isWaking && !this.queue.isTaken(request.target);
  }

  /** Whether no request may be sent any more that is not on its way. */
  get isFull(): boolean {
    return this.placesTaken >= this.options.maxConcurrent;
  }

  /** How many requests wait for a place. */
  get queued(): number {
    return this.queue.size;
  }

  /** A request is on its way. */
  takePlace(): void {
    this.placesTaken++;
  }

  /** It is not any more: others are told when it has ended. */
  givePlace(): void {
    this.placesTaken--;
  }

  /** Begins a request. @throws SessionClosedError once the session is closed or closing. */
  enter(): void {
    if (this.closedError !== undefined) throw this.closedError();
    this.active++;
  }

  /** Ends a request that {@link enter} has begun: the one that waits longest is next. */
  leave(): void {
    this.active--;
    if (this.active === 0) this.emptied.next(undefined);
    if (!this.queue.isEmpty) this.wake();
  }

  /** Lets those go on for whom there is a place, the one that waits longest first. */
  wake(): void {
    this.isWoken = true;
    if (this.isWaking) return;
    this.isWaking = true;
    // One that goes on may make others leave, or come.
    while (this.isWoken && !this.queue.isEmpty && this.hasPlaces()) {
      this.isWoken = false;
      this.queue.serve(this.hasPlaces);
    }
    this.isWaking = false;
  }

  private readonly hasPlaces = (): boolean => !this.isFull && this.hasRoom();

  /** Has a request wait for a place, behind those that do. @throws ThrottleError if too many do. */
  wait(request: Waiting): void {
    const { maxConcurrent, maxQueue } = this.options;
    const reason = this.isFull ? `${maxConcurrent} requests are on their way` : 'All connections are full';
    this.refuseIfCrowded(this.queue, maxQueue, reason);
    this.queue.add(request);
    this.deadlines.watch(this);
  }

  /** Has a new request wait for what it needs before it is sent. @throws ThrottleError if too many wait. */
  holdNew(request: Waiting): void {
    const { maxConcurrent, maxQueue } = this.options;
    const reason = 'The session is not connected yet, or the statement not prepared,';
    // As many as there will be room for then.
    this.refuseIfCrowded(this.held, maxConcurrent + maxQueue, reason);
    this.hold(request);
  }

  private refuseIfCrowded({ size }: { readonly size: number }, most: number, reason: string): void {
    if (size < most) return;
    throw new ThrottleError(`${reason} and ${size} requests wait already: limit the concurrency, or raise "maxQueue".`);
  }

  /** Watches over a request that waits for something else than a place. */
  hold(request: Waiting): void {
    this.held.add(request);
    this.deadlines.watch(this);
  }

  /** Forgets a request that waits no longer, for whatever it did. */
  release(request: Waiting): void {
    this.queue.delete(request);
    this.held.delete(request);
  }

  sweep(tick: number): boolean {
    for (const waiting of [this.queue, this.held]) {
      for (const request of waiting) {
        if (request.expiresAt > tick) continue;
        waiting.delete(request);
        request.expire();
      }
    }
    return this.queue.size + this.held.size > 0;
  }

  /** Lets nobody in any more. Emits once, when all requests have ended, or after `grace` milliseconds. */
  close(grace: number, closedError: () => Error): Observable<unknown> {
    this.closedError = closedError;
    return this.active === 0 ? of(undefined) : race(timer(grace), this.emptied.pipe(take(1)));
  }
}
