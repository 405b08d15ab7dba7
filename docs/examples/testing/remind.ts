import { mergeRows, type Page } from 'rxcql';
import { endWith, ignoreElements, type Observable, retry } from 'rxjs';

export interface User {
  readonly id: number;
  readonly email: string;
}

/** Sends a mail to every user, two at a time, and tries each twice. Emits the ids of those who have got theirs. */
export function remind(users: Observable<Page<User>>, send: (user: User) => Observable<unknown>): Observable<number> {
  return users.pipe(mergeRows((user) => send(user).pipe(retry(1), ignoreElements(), endWith(user.id)), 2));
}
