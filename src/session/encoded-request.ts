import { EnvelopeFlag, HEADER_LENGTH, Opcode, type ProtocolVersion } from '../codec/envelope.js';
import type { ResponseContext } from '../codec/responses.js';
import type { Slice } from '../codec/writer.js';
import type { PlanContext } from '../cluster/policies/load-balancing.js';
import type { SessionContext } from './context.js';
import type { Job } from './job.js';
import { writeRequestBody } from './request-body.js';
import { routingOf } from './routing.js';
import { writeTime } from './write-time.js';

/** The bytes of one request, and what they say of where it goes and how its answer is read. */
export class EncodedRequest {
  readonly opcode: number;
  readonly flags: number;
  message!: Slice;
  /** What is known of its answer. */
  known: ResponseContext | undefined;
  /** The protocol version that it is encoded for; 0 before it is. */
  version: ProtocolVersion | 0 = 0;
  routing: PlanContext | undefined;

  private readonly context: SessionContext;
  private readonly job: Job;
  private readonly pagingState: Uint8Array | undefined;
  private timestamp: bigint | undefined;

  constructor(context: SessionContext, job: Job, pagingState: Uint8Array | undefined) {
    const { tracing, customPayload } = job.settings;
    this.context = context;
    this.job = job;
    this.pagingState = pagingState;
    this.opcode = job.isPrepared ? Opcode.EXECUTE : Opcode.QUERY;
    this.flags = (tracing ? EnvelopeFlag.TRACING : 0) | (customPayload === undefined ? 0 : EnvelopeFlag.CUSTOM_PAYLOAD);
  }

  /** Encodes it for a protocol version, if that was not done yet. @throws BindError, ConfigurationError */
  encode(version: ProtocolVersion): void {
    if (this.version === version) return;
    const { context, job, pagingState } = this;
    const { values, timestamps } = context.settings;
    // The same for all attempts: a write that is made twice is the same write.
    const isTimed = job.kind === 'other' && timestamps !== undefined;
    this.timestamp ??= job.settings.timestamp ?? (isTimed ? writeTime(timestamps) : undefined);
    this.message = context.wire.writer.encode(HEADER_LENGTH, (writer) => {
      this.known = writeRequestBody(writer, version, job, pagingState, this.timestamp, values);
    });
    this.version = version;
    this.routing ??= routingOf(context.cluster, job, this.message, version, context.keyspace);
  }

  /** Has it encoded anew: what it was encoded by is not true any more. */
  discard(): void {
    this.version = 0;
  }
}
