import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Session } from 'rxcql';
import { DOCUMENTS } from './documents.js';

interface List {
  readonly ids: readonly number[];
  readonly next?: string;
}

/** What clients see of the service, and what their requests cost. */
export async function tryOut(url: string, session: Session): Promise<void> {
  const ask = async <T>(path: string): Promise<T> => (await fetch(url + path)).json() as Promise<T>;

  const { id, text } = await ask<{ id: number; text: string }>('/documents/7');
  console.log(`document ${id}: ${text.length} characters`);
  console.log(`no document: ${(await fetch(`${url}/documents/-1`)).status}`);

  const first = await ask<List>('/documents');
  const second = await ask<List>(`/documents?from=${first.next!}`);
  console.log(`pages: ${first.ids.length} and ${second.ids.length}, different: ${first.ids[0] !== second.ids[0]}`);
  const changed = await fetch(`${url}/documents?from=x${first.next!}`);
  console.log(`a paging state that was changed: ${changed.status}`);
  console.log(`health: ${JSON.stringify(await ask('/health'))}`);

  const pages = pageCounter(session);
  const all = await (await fetch(`${url}/documents.ndjson`)).text();
  console.log(`all: ${all.trim().split('\n').length} lines, of ${pages()} pages`);
  await slowClient(`${url}/documents.ndjson`, session);

  // What has begun is answered to its end, whatever comes meanwhile.
  const download = await fetch(`${url}/documents.ndjson`);
  process.kill(process.pid, 'SIGTERM');
  console.log(`a download during SIGTERM: ${(await download.text()).trim().split('\n').length} lines`);
}

/** Reads nothing, then 10 MB, and goes away. */
async function slowClient(url: string, session: Session): Promise<void> {
  const pages = pageCounter(session);
  const request = get(url);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  console.log(`a client that reads nothing: ${await settled(pages)} of ${DOCUMENTS / 100} pages`);

  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > 10e6) break; // leaves the response, and with it the connection
  }
  console.log(`one that goes away after 10 MB: ${await settled(pages)} of ${DOCUMENTS / 100} pages`);
  console.log(`requests in flight: ${session.metrics.inFlight}`);
}

/** Started by the call; each call of what is returned tells how many pages were fetched since. */
function pageCounter(session: Session): () => number {
  const before = session.metrics.requests;
  return () => session.metrics.requests - before;
}

/** A number, when for a while it has not become larger. */
async function settled(count: () => number): Promise<number> {
  let seen: number;
  do {
    seen = count();
    await wait(300);
  } while (count() > seen);
  return seen;
}
