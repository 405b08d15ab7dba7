import type { Observable } from 'rxjs';
import type { CliOption } from '../options/cli-option.js';
import type { Plan } from '../report/plan.js';
import type { Task } from '../task.js';

/** A command of the program. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What stands behind the name, without a dash. */
  readonly argument?: { readonly name: string; readonly description: string };
  readonly options: readonly CliOption[];
  /** What the help ends with. */
  readonly examples: readonly string[];
  /** What would be done, by what the schema says. */
  plan(task: Task): Observable<Plan>;
  /** Does it. Completes when it is done; what is to be said of it goes to the task. */
  run(task: Task): Observable<unknown>;
  /** Called once where workers are to do it, before they are there. @throws what is in the way */
  beforeSharing?(task: Task): void;
  /** What the output of so many workers is together; undefined for a command that has none. */
  merge?(lines: Observable<string>, workers: number): Observable<string>;
  /** What it says without more ado, so that there is no progress to be shown. */
  readonly isBrief?: boolean;
}
