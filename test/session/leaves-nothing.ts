// Run by session.test.ts in a process of its own: leaves requests everywhere, closes, and says what is still there.
import { setImmediate } from 'node:timers/promises';
import { lastValueFrom, timer } from 'rxjs';
import { createSession } from 'rxcql';

const resources = (): string[] => process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');

// What reads this program may still be tidying its cache, in this thread from Node.js 22 on.
while (resources().length > 0) await setImmediate();
const session = createSession({ contactPoints: [process.argv[2]!] });
session.execute('while connecting').subscribe().unsubscribe();
await lastValueFrom(session.connect());
session.execute('before it is written').subscribe().unsubscribe();
const inFlight = session.query('in flight').subscribe();
await lastValueFrom(timer(50));
inFlight.unsubscribe();
await lastValueFrom(session.close());
console.log(resources().join());
