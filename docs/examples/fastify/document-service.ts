import { pipeline, Transform } from 'node:stream';
import { fastify, type FastifyInstance } from 'fastify';
import { lastValueFrom, map } from 'rxjs';
import {
  BindError,
  CqlError,
  NoHostAvailableError,
  openPagingState,
  sealPagingState,
  type Session,
  toReadable,
} from 'rxcql';

interface Document {
  readonly id: number;
  readonly text: string;
}

const PAGE_SIZE = 100;
const PURPOSE = 'list of documents';

/**
 * Documents over HTTP.
 *
 * @param session The service's own from now on: it is closed with it.
 * @param secret At least 16 bytes, the same in all processes of the service: what seals paging states.
 */
export function documentService(session: Session, secret: string): FastifyInstance {
  const app = fastify();
  // Comes when all that was begun has been answered.
  app.addHook('onClose', () => lastValueFrom(session.close()));
  // From then on connections are not kept for another request, for which closing would wait.
  app.addHook('preClose', (done) => {
    app.server.keepAliveTimeout = 1;
    done();
  });

  const id = { type: 'integer' };
  app.get<{ Params: { id: number } }>(
    '/documents/:id',
    { schema: { params: { type: 'object', properties: { id } } } },
    async ({ params }, reply) => {
      const select = 'SELECT id, text FROM documents WHERE id = ?';
      const document = (await lastValueFrom(session.execute<Document>(select, [params.id]))).first();
      return document ?? reply.code(404).send({ message: 'There is no such document.' });
    },
  );

  // A page, and what brings the next one.
  app.get<{ Querystring: { from?: string } }>('/documents', ({ query: { from } }) => {
    const page = session.execute<Document>('SELECT id FROM documents', [], {
      pageSize: PAGE_SIZE,
      ...(from !== undefined && { pagingState: openPagingState(from, secret, PURPOSE) }),
    });
    return lastValueFrom(
      page.pipe(
        map((found) => ({
          ids: found.toArray().map((document) => document.id),
          next: found.pagingState && sealPagingState(found.pagingState, secret, PURPOSE),
        })),
      ),
    );
  });

  // The whole table, in the memory of a page or two: rows are decoded, and pages fetched, as the client reads. When it goes away
  // its response is destroyed, and with that all it is made of, down to the query.
  app.get('/documents.ndjson', (_request, reply) => {
    const documents = session.query<Document>('SELECT id, text FROM documents', [], { pageSize: PAGE_SIZE });
    const lines = new Transform({
      writableObjectMode: true,
      transform: (document: Document, _encoding, done) => done(null, JSON.stringify(document) + '\n'),
    });
    // What goes wrong destroys the response, which tells the client.
    return reply.type('application/x-ndjson').send(pipeline(toReadable(documents), lines, () => undefined));
  });

  // What a load balancer asks.
  app.get('/health', async (_request, reply) => {
    const { ok, nodes } = await lastValueFrom(session.health());
    return reply.code(ok ? 200 : 503).send({ ok, nodes: nodes.filter((node) => node.ok).length });
  });

  app.setErrorHandler<Error>((error, _request, reply) => {
    const isChanged = error instanceof CqlError && error.code === 'ERR_RXCQL_PAGING_STATE';
    if (isChanged || error instanceof BindError) return reply.code(400).send({ message: error.message });
    if (error instanceof NoHostAvailableError) return reply.code(503).header('retry-after', 1).send();
    return reply.send(error);
  });
  return app;
}
