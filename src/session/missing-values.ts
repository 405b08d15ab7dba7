import { ResponseError } from '../errors.js';

/** What servers say to markers for which nothing was given tells nobody what to do. */
export function explainMissingValues(error: ResponseError): ResponseError {
  if (error.kind !== 'Invalid' || !/bind variables/i.test(error.message)) return error;
  const message =
    `${error.message}: the statement has markers, and no values were given for them. ` +
    "They come second: execute('… WHERE id = ?', [id]).";
  return new ResponseError(error.kind, message, error, { cause: error });
}
