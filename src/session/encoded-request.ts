import type { Dialect } from '../codec/dialect.js';
import { EnvelopeFlag, HEADER_LENGTH } from '../codec/envelope.js';
import type { ResponseContext } from '../codec/responses.js';
import type { Slice, Writer } from '../codec/writer.js';
import type { PlanContext } from '../cluster/policies/load-balancing.js';
import type { SessionContext } from './context.js';
import type { Job } from './job.js';

/** The bytes of one request, and what they say of where it goes and how its answer is read. */
export class EncodedRequest {
  readonly opcode: number;
  readonly flags: number;
  message!: Slice;
  /** What is known of its answer. */
  known: ResponseContext | undefined;
  /** What it is encoded for; undefined before it is. */
  dialect: Dialect | undefined;
  routing: PlanContext | undefined;

  private readonly context: SessionContext;
  private readonly job: Job;
  private readonly pagingState: Uint8Array | undefined;
  private timestamp: bigint | number | undefined;

  constructor(context: SessionContext, job: Job, pagingState: Uint8Array | undefined) {
    const { tracing, customPayload } = job.settings;
    this.context = context;
    this.job = job;
    this.pagingState = pagingState;
    this.opcode = job.opcode;
    this.flags = (tracing ? EnvelopeFlag.TRACING : 0) | (customPayload === undefined ? 0 : EnvelopeFlag.CUSTOM_PAYLOAD);
  }

  /** Encodes it for such connections, if that was not done yet. @throws BindError, ConfigurationError */
  encode(dialect: Dialect): void {
    if (this.dialect === dialect) return;
    const { context, job } = this;
    const { timestamps } = context.settings;
    // The same for all attempts: a write that is made twice is the same write.
    const isTimed = job.kind === 'other' && timestamps !== undefined;
    this.timestamp ??= job.settings.timestamp ?? (isTimed ? timestamps() : undefined);
    this.dialect = dialect;
    try {
      this.message = context.wire.writer.encode(HEADER_LENGTH, EncodedRequest.write, this);
    } catch (error) {
      this.discard();
      throw error;
    }
    this.routing ??= job.routing(context, this.message, dialect);
  }

  /** No function of its own for each request. */
  private static readonly write = (writer: Writer, request: EncodedRequest): void => {
    const { context, job, dialect, pagingState, timestamp } = request;
    request.known = job.write(writer, dialect!, pagingState, timestamp, context.settings.values);
  };

  /** Has it encoded anew: what it was encoded by is not true any more. */
  discard(): void {
    this.dialect = undefined;
  }
}
