import type { ConnectionOptions } from 'bullmq';
import { type Check, type Checks, checkOptions, text } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import type { CheckpointHeader } from '../checkpoint-store.js';

/** A queue of the ranges of one plan. All programs that share it describe it alike. */
export interface RangeQueue {
  /** What BullMQ calls the queue: anything without a colon. A second one, `<name>-plan`, has the plan. */
  readonly name: string;
  /** How Redis is reached: what BullMQ takes, options or a client. */
  readonly connection: ConnectionOptions;
  /** What all keys in Redis begin with; default `bull`. */
  readonly prefix?: string;
  /**
   * What the work is: names and texts, such as the table, the statement, the format. A program that says something else is refused, rather than
   * doing other work with the same ranges.
   */
  readonly header?: CheckpointHeader;
}

const queueName: Check = (value, name) => {
  text(value, name);
  if ((value as string).includes(':')) {
    throw new ConfigurationError(`The option ${JSON.stringify(name)} must not have a colon: Redis keys have.`);
  }
};

const connection: Check = (value, name) => {
  if (typeof value !== 'object' || value === null) {
    throw new ConfigurationError(
      `The option ${JSON.stringify(name)} must be the options of a connection to Redis, such as { host, port }, or a client.`,
    );
  }
};

const header: Check = (value, name) => {
  const parts = Object.values(value ?? {}) as unknown[];
  if (typeof value === 'object' && value !== null && parts.every((part) => typeof part === 'string')) return;
  throw new ConfigurationError(`The option ${JSON.stringify(name)} must be an object of strings.`);
};

const CHECKS: Checks<RangeQueue> = { name: queueName, connection, prefix: text, header };

/** @throws ConfigurationError */
export function checkQueue(queue: RangeQueue): void {
  checkOptions<RangeQueue>(queue, CHECKS, 'parts of a queue');
  text(queue.name, 'name');
  connection(queue.connection, 'connection');
}
