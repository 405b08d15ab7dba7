import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { copy } from '../../src/cli/commands/copy.js';
import { jobFileOf, readJob, writeJob } from '../../src/cli/job-file.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-job-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the file of a job', () => {
  it('has what is needed to go on, and no secret', () => {
    const journal = join(folder, 'orders.journal');
    const values = { host: 'a', password: 'hunter2', 'to-password': 'hunter3', tls: true, ca: 'ca.pem', 'password-file': '-', 'dry-run': false, progress: 'json' }; // prettier-ignore
    writeJob(journal, 'copy', values, copy.options);
    const job = { command: 'copy', values: { host: 'a', tls: true, ca: resolve('ca.pem'), 'password-file': '-' } };
    expect(readJob(journal)).toEqual(job);
    expect(readJob(join(folder, 'orders.job.json'))).toEqual(job);
    expect(readFileSync(jobFileOf(journal), 'utf8')).not.toMatch(/hunter/);
  });

  it('is found in a folder, which may have been moved', () => {
    writeFileSync(
      join(folder, 'rxcql.job.json'),
      '{"command": "unload", "values": {"url": "/elsewhere", "table": "t"}}',
    );
    expect(readJob(folder)).toEqual({ command: 'unload', values: { url: folder, table: 't' } });
  });

  it('is refused if it is none', () => {
    const path = join(folder, 'bad.job.json');
    for (const text of ['{', '3', '{"command": 3}']) {
      writeFileSync(path, text);
      expect(() => readJob(path)).toThrow(`The file ${path} does not say what was begun.`);
    }
  });
});
