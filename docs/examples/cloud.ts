// A database in the cloud, as docs/cloud.md shows it: `SECURE_CONNECT_BUNDLE=bundle.zip ASTRA_TOKEN=… npx tsx docs/examples/cloud.ts`.
import { lastValueFrom } from 'rxjs';
import { createSession } from 'rxcql';

const secureConnectBundle = process.env['SECURE_CONNECT_BUNDLE'] ?? 'secure-connect-shop.zip';

const session = createSession({
  secureConnectBundle,
  auth: { username: 'token', password: process.env['ASTRA_TOKEN'] ?? '' },
});

const page = await lastValueFrom(session.execute('SELECT data_center FROM system.local'));
console.log(page.one()['data_center']);
await lastValueFrom(session.close());
