/** A request that waits for something before it can be sent. */
export interface Waiting {
  /** The tick after which it waits no longer. */
  readonly expiresAt: number;
  /** What names the only node that it may go to, if there is but one. Always the same. */
  readonly target: string | undefined;
  /** A place may have become free: says whether the request waits no longer. */
  proceed(): boolean;
  /** It has waited for too long. */
  expire(): void;
}

/** How many that may go anywhere are asked in vain whether they can make use of a place: each has a plan of its own. */
const MAX_REFUSALS = 16;

/**
 * The requests that wait for a place, in the order in which they came. Those that may go to one node only have a lane of their own: nobody
 * waits behind requests for a busy node that may go to another.
 */
export class Lanes implements Iterable<Waiting> {
  private readonly lanes = new Map<string | undefined, Map<Waiting, number>>();
  private arrivals = 0;

  get isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  get size(): number {
    let size = 0;
    for (const lane of this.lanes.values()) size += lane.size;
    return size;
  }

  /** Whether somebody waits who may go to `target` only, or, if that is undefined, to any node. */
  isTaken(target: string | undefined): boolean {
    return this.lanes.size > 0 && this.lanes.has(target);
  }

  /** Puts a request behind all others. */
  add(request: Waiting): void {
    this.delete(request);
    let lane = this.lanes.get(request.target);
    if (lane === undefined) this.lanes.set(request.target, (lane = new Map<Waiting, number>()));
    lane.set(request, this.arrivals++);
  }

  delete(request: Waiting): void {
    const lane = this.lanes.get(request.target);
    if (lane?.delete(request) === true && lane.size === 0) this.lanes.delete(request.target);
  }

  /** Lane by lane. */
  *[Symbol.iterator](): Iterator<Waiting> {
    for (const lane of this.lanes.values()) yield* lane.keys();
  }

  /** While there are places, has the one that waits longest proceed, and the next: of those whose lane has not refused. */
  serve(hasPlaces: () => boolean): void {
    // Those of one node need not all be asked: where there is no place for the first, there is none for the next.
    const turns = Array.from(this.lanes, ([target, lane]) => new Turn(lane, target === undefined ? MAX_REFUSALS : 1));
    while (hasPlaces()) {
      const turn = earliest(turns);
      if (turn?.request === undefined) return;
      const { request, number } = turn;
      // What another one has set off may have made somebody leave it.
      const hasGone = !this.isWaiting(request, number) || request.proceed();
      // It may be waiting anew.
      if (hasGone && this.isWaiting(request, number)) this.delete(request);
      turn.next(hasGone);
    }
  }

  private isWaiting(request: Waiting, number: number): boolean {
    return this.lanes.get(request.target)?.get(request) === number;
  }
}

/** How far a lane is in being served. */
class Turn {
  /** The next one that wants to proceed. */
  request: Waiting | undefined;
  /** The lower, the longer it has waited. */
  number = Infinity;

  private readonly entries: Iterator<readonly [Waiting, number]>;
  private refusals: number;

  /** @param refusals How many must be in vain until the lane gives up. */
  constructor(lane: ReadonlyMap<Waiting, number>, refusals: number) {
    this.entries = lane.entries();
    this.refusals = refusals;
    this.next(true);
  }

  /** @param hasGone Whether the one before could make use of a place. */
  next(hasGone: boolean): void {
    if (!hasGone) this.refusals--;
    const entry = this.refusals > 0 ? this.entries.next() : undefined;
    [this.request, this.number] = entry?.done === false ? entry.value : [undefined, Infinity];
  }
}

function earliest(turns: readonly Turn[]): Turn | undefined {
  return turns.reduce<Turn | undefined>(
    (least, turn) => (least !== undefined && least.number <= turn.number ? least : turn),
    undefined,
  );
}
