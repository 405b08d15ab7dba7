import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { defer, finalize, map, type Observable, of } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { depart } from './departures.js';
import { CassandraFetchError } from './errors.js';
import { lastLines } from './last-lines.js';
import { runCommand } from './run-command.js';
import { temporaryFolder } from './temporary-folder.js';

/** Libraries of Maven Central, to be kept in a folder. */
export interface Jars {
  /** What a person calls them. */
  readonly title: string;
  readonly folder: string;
  readonly group: string;
  readonly artifacts: readonly string[];
  readonly version: string;
  /** What can be done where Maven is not there, besides installing it. */
  readonly otherwise?: string;
}

/**
 * Emits the folder of the jars, with those that they need. Has Maven fetch them the first time, with the user's own settings; afterwards they
 * are there. Errors with a ConfigurationError if Maven is needed but not there, a CassandraFetchError if it fails.
 */
export function fetchJars(jars: Jars, env: NodeJS.ProcessEnv = process.env): Observable<string> {
  return defer(() => {
    const { title, folder, artifacts, version } = jars;
    if (existsSync(folder)) return of(folder);

    // A folder is renamed whole or not at all: what bears the final name is complete, whatever interrupts this.
    mkdirSync(dirname(folder), { recursive: true });
    const draft = temporaryFolder(join(dirname(folder), `.${basename(folder)}-`));
    const fetched = join(draft.path, 'jars');
    const pom = join(draft.path, 'pom.xml');
    writeFileSync(pom, pomOf(jars));
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fetched}`];
    return runCommand('mvn', ['-B', '-q', '-ntp', '-f', pom, ...goal], { env }).pipe(
      map(({ exitCode, signal, stdout, stderr }) => {
        if (exitCode === 127) throw mavenMissing(jars);
        if (exitCode !== 0 || !artifacts.every((name) => existsSync(join(fetched, `${name}-${version}.jar`)))) {
          throw new CassandraFetchError(
            `Maven could not fetch ${title} (${signal ?? `exit code ${exitCode}`}). What it said last:` +
              lastLines(withoutAdvice(`${stdout}\n${stderr}`), 10),
          );
        }
        moveIntoPlace(fetched, folder);
        return folder;
      }),
      finalize(() => depart(draft.remove())),
    );
  });
}

function moveIntoPlace(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was faster: its folder is as good as ours.
    if (!existsSync(folder)) throw error;
  }
}

/** The lines without those that come with every failure. */
function withoutAdvice(output: string): readonly string[] {
  return stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => !/^\[ERROR\] (\[Help|To see|Re-run|For more|$)/.test(line));
}

function mavenMissing({ title, folder, otherwise }: Jars): ConfigurationError {
  return new ConfigurationError(
    `${title} is not in ${folder} yet, and Maven, which would fetch it, was not found on the PATH: ` +
      `install Maven (mvn)${otherwise === undefined ? '.' : `, or ${otherwise}`}`,
  );
}

const pomOf = ({ group, artifacts, version }: Jars): string => `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rxcql</groupId>
  <artifactId>jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>${artifacts.map((artifact) => dependencyOf(group, artifact, version)).join('')}
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
      </plugin>
    </plugins>
  </build>
</project>
`;

const dependencyOf = (group: string, artifact: string, version: string): string => `
    <dependency>
      <groupId>${group}</groupId>
      <artifactId>${artifact}</artifactId>
      <version>${version}</version>
    </dependency>`;
