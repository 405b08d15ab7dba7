import type { Command } from './command.js';
import { count } from './count.js';
import { query } from './query.js';
import { resume } from './resume.js';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [count, query, resume];
