import type { Command } from './command.js';
import { copy } from './copy.js';
import { count } from './count.js';
import { load } from './load.js';
import { query } from './query.js';
import { resume } from './resume.js';
import { unload } from './unload.js';
import { verify } from './verify.js';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [unload, load, copy, verify, count, query, resume];
