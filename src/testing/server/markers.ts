/**
 * The names of the markers of a statement in order, by what they are for: `:name`, the column that is compared or assigned
 * (`id = ?`), or that of the list (`INSERT INTO t (id, v) VALUES (?, ?)`). Others are called `arg0`, `arg1` by their place.
 */
export function markersOf(cql: string): string[] {
  const tokens = tokensOf(cql);
  const inserted = insertedColumns(tokens);
  const markers: string[] = [];
  for (const [i, token] of tokens.entries()) {
    if (/^:./.test(token)) markers.push(unquote(token.slice(1)));
    else if (token === '?') markers.push(inserted.get(i) ?? comparedColumn(tokens, i) ?? `arg${markers.length}`);
  }
  return markers;
}

/** The words and signs of a statement, without comments. Literals are one token each. */
export function tokensOf(cql: string): string[] {
  const tokens =
    cql.match(/\/\*[^]*?\*\/|(?:--|\/\/).*|:?"(?:[^"]|"")*"|'(?:[^']|'')*'|:[A-Za-z_]\w*|-?\w[\w.-]*|\S/g) ?? [];
  return tokens
    .filter((token) => !/^(?:\/\*|--|\/\/)/.test(token))
    .flatMap((token) => (/^[A-Za-z_]\w*(?:\.\w+)+$/.test(token) ? token.split(/(\.)/) : [token]));
}

/** An identifier without its quotes; one without quotes in lower case. */
export function unquote(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token.toLowerCase();
}

function isName(token: string | undefined): boolean {
  return token !== undefined && /^(?:"|[A-Za-z_])/.test(token);
}

/** `INSERT INTO t (a, b) VALUES (?, f(?))`: the columns of the markers, by the place of the token. */
function insertedColumns(tokens: readonly string[]): Map<number, string> {
  const found = new Map<number, string>();
  const values = tokens.findIndex((token) => /^values$/i.test(token));
  if (!/^insert$/i.test(tokens[0] ?? '') || values < 0) return found;
  const columns = tokens.slice(tokens.indexOf('('), values).filter(isName).map(unquote);
  let depth = 0;
  let column = 0;
  for (let i = values + 1; i < tokens.length; i++) {
    const token = tokens[i]!;
    if ('([{<'.includes(token)) depth++;
    else if (')]}>'.includes(token) && --depth === 0) break;
    else if (token === ',' && depth === 1) column++;
    else if (token === '?' && columns[column] !== undefined) found.set(i, columns[column]!);
  }
  return found;
}

/** `<column> <comparison> ?` */
function comparedColumn(tokens: readonly string[], marker: number): string | undefined {
  let i = marker - 1;
  if (/^in$/i.test(tokens[i] ?? '')) i--;
  else if (/^[=<>]$/.test(tokens[i] ?? '')) while (/^[=<>!]$/.test(tokens[i] ?? '')) i--;
  else if (/^limit$/i.test(tokens[i] ?? '')) return '[limit]';
  else return undefined;
  return isName(tokens[i]) ? unquote(tokens[i]!) : undefined;
}
