/** An option of the command line, which is also one of the configuration and of the environment. */
export interface CliOption {
  /** As commander takes them: `-k, --keyspace <name>`. */
  readonly flags: string;
  readonly description: string;
  /** Under which it stands in the help. */
  readonly group: string;
  /** Not to be written anywhere. */
  readonly isSecret?: boolean;
  /** A file, whose name is noted with its folder. */
  readonly isPath?: boolean;
}

/** What options are, by their long names without dashes. */
export type Values = Readonly<Record<string, string | boolean>>;

/** The long name: `keyspace`. For `--no-header` it is `header`. */
export function nameOf({ flags }: CliOption): string {
  return /--(?:no-)?([\w-]+)/.exec(flags)![1]!;
}

export function takesValue({ flags }: CliOption): boolean {
  return flags.includes('<');
}

/** A name in the manner of the command line: `pageSize` is `page-size`. */
export function kebab(name: string): string {
  return name.replaceAll('_', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Options as arguments. */
export function argumentsOf(values: Values): string[] {
  return Object.entries(values).map(([name, value]) => {
    if (typeof value === 'string') return `--${name}=${value}`;
    return value ? `--${name}` : `--no-${name}`;
  });
}
