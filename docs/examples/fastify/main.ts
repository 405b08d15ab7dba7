// A web service: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/fastify/main.ts`. It ends with Ctrl-C, and with
// `--try` when some clients have tried it. It makes the keyspace `rxcql_fastify`, and drops it in the end.
import { once } from 'node:events';
import { createSession } from 'rxcql';
import { documentService } from './document-service.js';
import { createDocuments, dropDocuments } from './documents.js';
import { tryOut } from './try-out.js';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
await createDocuments({ contactPoints });

const session = createSession({ contactPoints, keyspace: 'rxcql_fastify' });
const app = documentService(session, process.env['PAGING_SECRET'] ?? 'only for this example, and long enough');
const url = await app.listen({ port: Number(process.env['PORT'] ?? 0) });
console.log(`listening at ${url}`);

const tried = process.argv.includes('--try') ? tryOut(url, session) : undefined;
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
// Nothing new is taken, what was begun is answered, and then the session is closed.
await app.close();
await tried;
console.log('closed');
await dropDocuments({ contactPoints });
