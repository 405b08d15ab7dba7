/** Text as CQL writes it. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A map of text as CQL writes it: `{'class': 'SimpleStrategy', 'replication_factor': '3'}`. */
export function mapLiteral(map: Readonly<Record<string, string>>): string {
  const entries = Object.entries(map).map(([key, value]) => `${textLiteral(key)}: ${textLiteral(value)}`);
  return `{${entries.join(', ')}}`;
}

/** The body of a function, between dollars unless they would not be seen to end. */
export function bodyLiteral(body: string): string {
  const isPlain = !body.includes('$$') && !body.startsWith('$') && !body.endsWith('$');
  return isPlain ? `$$${body}$$` : textLiteral(body);
}
