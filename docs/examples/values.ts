// What values become: `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/values.ts`.
import { lastValueFrom } from 'rxjs';
import { createSession, cql, Decimal, Duration } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

const statement = cql`SELECT
  (bigint) ${'9007199254740993'} AS id,
  (decimal) ${Decimal.from('12.50')} AS price,
  (duration) ${Duration.parse('P1M3D')} AS term,
  (timestamp) ${'2026-11-21T12:00:00Z'} AS since,
  (map<text, int>) ${{ a: 1 }} AS counts,
  (tuple<int, text>) ${[7, 'x']} AS pair,
  (uuid) ${null} AS missing
FROM system.local`;
console.log((await lastValueFrom(session.execute(statement))).one());

await lastValueFrom(session.close());
