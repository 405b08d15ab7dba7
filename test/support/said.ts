import { EnvelopeDecoder, type ProtocolVersion } from '../../src/codec/envelope.js';
import type { Extensions } from '../../src/codec/extensions.js';
import { readResponse, type Response, type ResponseContext } from '../../src/codec/responses.js';
import { encodeResponse } from '../../src/testing/server/encode-response.js';
import type { CqlRequest } from '../../src/testing/server/request.js';
import type { AnswerContext, CqlResponse } from '../../src/testing/server/response.js';

/** What the driver reads of a response that the testing kit has written, and the header that it came under. */
export function said(
  response: CqlResponse,
  version: ProtocolVersion,
  asked: Partial<CqlRequest> = {},
  {
    statement,
    reading,
    extensions,
  }: { statement?: AnswerContext['statement']; reading?: ResponseContext; extensions?: Extensions } = {},
): Response & { streamId: number; envelopeVersion: number } {
  const request = { opcode: 'QUERY', streamId: 7, version, values: [], tracing: false, ...asked } as CqlRequest;
  const bytes = encodeResponse(response, { version, request, statement });
  const read: (Response & { streamId: number; envelopeVersion: number })[] = [];
  const decoder = new EnvelopeDecoder({ maxBodyLength: 1e9, accepts: () => true });
  decoder.read(bytes, 0, bytes.length, (envelope) =>
    read.push({
      ...readResponse(envelope, reading, extensions),
      streamId: envelope.streamId,
      envelopeVersion: envelope.version,
    }),
  );
  return read[0]!;
}

/** The rows of a result. */
export function rowsOf(response: Response): Record<string, unknown>[] {
  if (response.kind !== 'rows') throw new Error(`It is no rows, but ${response.kind}.`);
  const cursor = response.rows.cursor();
  return Array.from({ length: response.rows.rowCount }, () => cursor.next());
}
