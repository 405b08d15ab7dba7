// Values in other forms: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/codecs.ts`.
import { lastValueFrom } from 'rxjs';
import { type Codec, createSession, cql } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');

const isoTimestamps: Codec = {
  type: 'timestamp',
  decode: (date: Date) => date.toISOString(),
  encode: (text: string) => new Date(text),
};
const session = createSession({ contactPoints, int64: 'number', map: 'object', codecs: [isoTimestamps] });

const statement = cql`SELECT
  (bigint) ${41} AS id,
  (map<text, timestamp>) ${{ since: '2026-11-21T12:00:00Z' }} AS times
FROM system.local`;
console.log(JSON.stringify((await lastValueFrom(session.execute(statement))).one()));

await lastValueFrom(session.close());
