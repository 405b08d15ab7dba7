// What is in docs/migrating.md for those who come from cqlengine, as one program:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/migrating/from-cqlengine.ts`.
// It makes the keyspace `rxcql_from_cqlengine`, and drops it in the end.
import assert from 'node:assert/strict';
import { concatMap, count, lastValueFrom, map, type Observable } from 'rxjs';
import { createSession, cql, type Page } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

await lastValueFrom(
  session.execute(
    "CREATE KEYSPACE IF NOT EXISTS rxcql_from_cqlengine WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  ),
);
await lastValueFrom(session.execute('USE rxcql_from_cqlengine'));

// --- Tables

const schema = [
  `CREATE TABLE IF NOT EXISTS comments (
     photo int, at timestamp, author text, likes int, tags set<text>,
     PRIMARY KEY (photo, at)
   ) WITH CLUSTERING ORDER BY (at DESC)`,
  'ALTER TABLE comments ADD IF NOT EXISTS text text',
];
for (const statement of schema) await lastValueFrom(session.execute(statement));

// --- A model

interface Comment {
  readonly photo: number;
  readonly at: Date;
  readonly author: string | null;
  readonly text: string | null;
}

const comments = {
  /** `Comment.create(…)`, and `save()` of a new one. */
  create: (comment: Comment): Observable<Page> =>
    session.execute('INSERT INTO comments (photo, at, author, text) VALUES (:photo, :at, :author, :text)', comment),

  /** `Comment.objects(…).update(text=…)`: what is undefined stays as it is. */
  update: ({ photo, at, author, text }: Pick<Comment, 'photo' | 'at'> & Partial<Comment>): Observable<Page> =>
    session.execute('UPDATE comments SET author = :author, text = :text WHERE photo = :photo AND at = :at', {
      photo,
      at,
      author,
      text,
    }),

  /** `Comment.objects.filter(photo=photo, at__gte=since).limit(100)` */
  since: (photo: number, since: Date): Observable<Comment> =>
    session
      .query<Comment>(
        cql`SELECT photo, at, author, text FROM comments WHERE photo = ${photo} AND at >= ${since} LIMIT 100`,
      )
      .pipe(concatMap((page) => page)),

  /** `Comment.objects.get(…)`: an error if there is none. */
  get: (photo: number, at: Date): Observable<Comment> =>
    session
      .execute<Comment>('SELECT photo, at, author, text FROM comments WHERE photo = ? AND at = ?', [photo, at])
      .pipe(map((page) => page.one())),

  /** `.if_not_exists().create(…)`: the comment that is there already, or undefined if this one was written. */
  claim: (comment: Comment): Observable<Comment | undefined> =>
    session
      .execute<Comment>(
        'INSERT INTO comments (photo, at, author, text) VALUES (:photo, :at, :author, :text) IF NOT EXISTS',
        comment,
      )
      .pipe(map((page) => (page.wasApplied === true ? undefined : page.first()))),
};

const at = new Date('2026-11-21T12:00:00Z');
const comment: Comment = { photo: 1, at, author: 'Ada', text: 'Fine.' };
await lastValueFrom(comments.create(comment));
await lastValueFrom(comments.update({ photo: 1, at, text: 'Very fine.' }));
assert.deepEqual(await lastValueFrom(comments.get(1, at)), { ...comment, text: 'Very fine.' });
assert.equal((await lastValueFrom(comments.claim({ ...comment, author: 'Eve' })))?.author, 'Ada');
assert.equal(await lastValueFrom(comments.claim({ ...comment, photo: 2 })), undefined);
assert.equal(await lastValueFrom(comments.since(1, new Date(0)).pipe(count())), 1);
await assert.rejects(lastValueFrom(comments.get(404, at)), { code: 'ERR_RXCQL_NOT_ONE_ROW' });

// --- Other things of models

await lastValueFrom(
  session.execute('UPDATE comments SET tags = tags + ? WHERE photo = ? AND at = ?', [['new'], 1, at]),
);
await lastValueFrom(
  session.execute('UPDATE comments USING TTL ? SET likes = ? WHERE photo = ? AND at = ?', [60, 1, 1, at]),
);
const liked = await lastValueFrom(
  session.execute('UPDATE comments SET likes = ? WHERE photo = ? AND at = ? IF likes = ?', [2, 1, at, 1]),
);
assert.equal(liked.wasApplied, true);

const several = session.batch([
  ['UPDATE comments SET likes = ? WHERE photo = ? AND at = ?', [3, 1, at]],
  ['DELETE FROM comments WHERE photo = ?', [2]],
]);
await lastValueFrom(several);

const row = (await lastValueFrom(session.execute('SELECT likes, tags FROM comments WHERE photo = 1'))).one();
assert.deepEqual(row, { likes: 3, tags: new Set(['new']) });

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_from_cqlengine'));
await lastValueFrom(session.close());
console.log('as expected');
