/** How much of a statement is shown. */
const MAX_SHOWN = 500;

/** How much of it is looked at for that: a literal that is cut is still known for one by how it begins. */
const MAX_READ = 4 * MAX_SHOWN;

/** Each alternative ends where its text does at the latest, and begins as no other before it can: it never looks back. */
const TOKEN = new RegExp(
  [
    /--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/, // comments
    /"(?:[^"]|"")*(?:"|$)/, // quoted names
    /'(?:[^']|'')*(?:'|$)|\$\$[\s\S]*?(?:\$\$|$)/, // texts
    /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/, // uuids
    /[a-z_]\w*/, // names and words
    /\d[\w.]*(?:[+-]\d+)?/, // numbers, blobs, durations
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

const COMMENT = /^(?:--|\/)/;
const NAME = /^["a-z_](?![0-9a-f]{7}-)/i;

/**
 * A statement for logs and messages: without the values that stand in its text, for which there is a `?`, and without comments; one
 * line, no control of a terminal, at most 500 characters.
 */
export function shownCql(cql: string): string {
  const text = cql
    .slice(0, MAX_READ)
    .replace(TOKEN, (token) => (COMMENT.test(token) ? ' ' : NAME.test(token) ? token : '?'))
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const isWhole = text.length <= MAX_SHOWN && cql.length <= MAX_READ;
  return isWhole ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}
