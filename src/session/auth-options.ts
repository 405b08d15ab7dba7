import { map, type Observable, type ObservableInput, of } from 'rxjs';
import { callable, type Check, type Checks, checkOptions, flag, text } from '../check.js';
import { ConfigurationError } from '../errors.js';
import type { Authenticator, Credentials } from '../wire/authenticator.js';
import { given } from '../wire/given.js';
import { Login } from '../wire/login.js';
import { PlainText } from '../wire/plain-text.js';

/** What a session may be told of who it is. */
export type AuthOption = Credentials | Authenticator | AuthProvider;

/** Asked at each new connection. */
export type AuthProvider = () => Credentials | Authenticator | ObservableInput<Credentials | Authenticator>;

const classes: Check = (value, name) => {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be an array of Java classes.`);
};

const anyText: Check = (value, name) => {
  // What was given instead may well be the secret itself.
  if (typeof value !== 'string') throw new ConfigurationError(`The option ${JSON.stringify(name)} must be a string.`);
};

const CREDENTIALS: Checks<Credentials> = {
  username: text,
  password: anyText,
  required: flag,
  requireTls: flag,
  classes,
};

/** An authenticator may well be an instance of a class, with other things beside these. */
const AUTHENTICATOR: Checks<Authenticator> = {
  classes,
  required: flag,
  requireTls: flag,
  initialResponse: callable,
  challenge: callable,
  success: callable,
};

export const authOption: Check = (value) => {
  if (typeof value !== 'function') mechanismOf(value);
};

/** Who the connections are. @throws ConfigurationError for what is wrong; what a function gives is looked at when it is asked. */
export function loginOf(auth: AuthOption): Login {
  if (typeof auth === 'function') {
    return new Login((): Observable<Authenticator> => given(auth).pipe(map(mechanismOf)));
  }
  const mechanism = mechanismOf(auth);
  return new Login(() => of(mechanism));
}

function mechanismOf(value: unknown): Authenticator {
  if (isAuthenticator(value)) {
    for (const [name, check] of Object.entries(AUTHENTICATOR)) {
      const property = (value as unknown as Record<string, unknown>)[name];
      if (property !== undefined) check(property, `auth.${name}`);
    }
    return value;
  }
  checkOptions<Credentials>(value, CREDENTIALS, 'options of "auth"');
  // A program in JavaScript may have left them out.
  const { username, password } = value as Partial<Credentials>;
  if (username === undefined || password === undefined) {
    throw new ConfigurationError('The option "auth" needs a username and a password.');
  }
  return new PlainText(value);
}

function isAuthenticator(value: unknown): value is Authenticator {
  return typeof value === 'object' && value !== null && 'initialResponse' in value;
}
