import { firstValueFrom, lastValueFrom, type Subscription } from 'rxjs';
import { AuthenticationError, createSession, type SessionOptions } from 'rxcql';
import { type CassandraCluster, startCassandra } from 'rxcql/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// A node of its own, which asks for a password; where the environment names a Cassandra, none is started.
describe.skipIf(process.env['CASSANDRA_CONTACT_POINTS'])('a Cassandra that asks for a password', () => {
  let running: Subscription;
  let cluster: CassandraCluster;

  beforeAll(async () => {
    cluster = await new Promise((resolve, reject) => {
      const options = { authentication: true, port: 19_043, storagePort: 17_001 };
      running = startCassandra(options).subscribe({ next: resolve, error: reject });
    });
  }, 150_000);

  afterAll(async () => {
    running.unsubscribe();
    await lastValueFrom(cluster.nodes[0]!.logs);
  });

  const connecting = (options: Partial<SessionOptions>): Promise<unknown> => {
    const session = createSession({ contactPoints: cluster.contactPoints, ...options });
    return lastValueFrom(session.execute('SELECT key FROM system.local')).finally(() =>
      firstValueFrom(session.close()),
    );
  };

  it.each([4, 5] as const)('takes the right one, in protocol v%i', async (protocolVersion) => {
    const auth = { username: 'cassandra', password: 'cassandra' };
    await expect(connecting({ auth, protocolVersion })).resolves.toMatchObject({ rowCount: 1 });
  });

  it('refuses a wrong one, and none, with an error that says so and does not tell the password', async () => {
    const wrong = connecting({ auth: { username: 'cassandra', password: 'open sesame' } });
    await expect(wrong).rejects.toThrow(AuthenticationError);
    await expect(wrong).rejects.not.toThrow('sesame');
    await expect(connecting({})).rejects.toThrow('set `auth`');
  });
});
