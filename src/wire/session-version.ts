import { Subject } from 'rxjs';
import { type Dialect, dialectOf } from '../codec/dialect.js';
import type { ProtocolVersion } from '../codec/envelope.js';

/**
 * The protocol version that the connections of a session speak: the same for all, since a paging state and what is known of a
 * prepared statement belong to a version. It begins with v5 and may come down to v4, once, when a node shows that it speaks no other.
 *
 * ```
 *  v5 ----> v4     unless `protocolVersion` or `minimumProtocolVersion` says that it stays
 * ```
 */
export class SessionVersion {
  /** Emits when the version has come down: connections that speak the other are to be replaced. */
  readonly lowered: Subject<undefined> = new Subject();

  private version: ProtocolVersion;
  private latest: Dialect | undefined;
  private readonly lowest: ProtocolVersion;

  /**
   * @param forced The only version, if there is one.
   * @param minimum The lowest that it may come to be; v4 by default.
   */
  constructor(forced: ProtocolVersion | undefined, minimum: ProtocolVersion = 4) {
    this.version = forced ?? 5;
    this.lowest = forced ?? minimum;
  }

  get current(): ProtocolVersion {
    return this.version;
  }

  /**
   * What a request is encoded for before it is known where it goes: as the last connection was made. It is encoded anew for one that
   * speaks otherwise, as the nodes of a cluster may that is being upgraded.
   */
  get dialect(): Dialect {
    return this.latest?.version === this.version ? this.latest : dialectOf(this.version);
  }

  /** A connection is ready that speaks so. */
  agree(dialect: Dialect): void {
    this.latest = dialect;
  }

  /** Comes down, if it may; says whether it has. */
  lower(): boolean {
    if (this.version <= this.lowest) return false;
    this.version = 4;
    this.lowered.next(undefined);
    return true;
  }
}
