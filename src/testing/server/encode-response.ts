import { randomUUID } from 'node:crypto';
import { EnvelopeFlag, HEADER_LENGTH, Opcode, putHeader } from '../../codec/envelope.js';
import { writeShort, writeString } from '../../codec/primitives.js';
import { writeCustomPayload } from '../../codec/requests.js';
import { uuid } from '../../codec/values/uuid.js';
import { Writer } from '../../codec/writer.js';
import type { AnswerContext, CqlResponse, ResponseOptions } from './response.js';

/** The direction bit of the version byte. */
const RESPONSE = 0x80;

/**
 * The envelope of a response: its header, then
 *
 * ```
 * [<tracing id uuid>] [<warnings string list>] [<custom payload bytes map>]   each with its flag
 * <body by opcode>
 * ```
 *
 * Native protocol v5, section 2.2.
 */
export function encodeResponse(response: CqlResponse, context: AnswerContext): Buffer {
  const { opcode, write, header = {}, options } = response.answering(context.request).parts;
  const extras = traced(options, opcode, context);
  const { buffer, start, end } = new Writer().encode(HEADER_LENGTH, (writer) => {
    writeExtras(writer, extras);
    write(writer, context);
  });
  const envelope = Buffer.from(buffer.subarray(start, end));
  const streamId = header.streamId ?? (opcode === Opcode.EVENT ? -1 : (context.request?.streamId ?? 0));
  const flags = header.flags ?? flagsOf(extras);
  putHeader(envelope, 0, context.version, flags, streamId, header.opcode ?? opcode, envelope.length - HEADER_LENGTH);
  envelope[0] = (header.version ?? context.version) | RESPONSE;
  return envelope;
}

/** A trace is for who has asked for one, and only results and errors have it. */
function traced(options: ResponseOptions = {}, opcode: number, { request }: AnswerContext): ResponseOptions {
  const wanted = request?.tracing === true && opcode === Opcode.RESULT;
  return wanted && options.tracingId === undefined ? { ...options, tracingId: randomUUID() } : options;
}

function flagsOf({ tracingId, warnings = [], customPayload }: ResponseOptions): number {
  return (
    (tracingId === undefined ? 0 : EnvelopeFlag.TRACING) |
    (warnings.length === 0 ? 0 : EnvelopeFlag.WARNING) |
    (customPayload === undefined ? 0 : EnvelopeFlag.CUSTOM_PAYLOAD)
  );
}

function writeExtras(writer: Writer, { tracingId, warnings = [], customPayload }: ResponseOptions): void {
  if (tracingId !== undefined) uuid.encode(writer, tracingId);
  if (warnings.length > 0) writeStringList(writer, warnings);
  if (customPayload !== undefined) writeCustomPayload(writer, new Map(Object.entries(customPayload)));
}

/** `[string list]` */
export function writeStringList(writer: Writer, list: readonly string[]): void {
  writeShort(writer, list.length, 'strings of a list');
  for (const text of list) writeString(writer, text);
}
