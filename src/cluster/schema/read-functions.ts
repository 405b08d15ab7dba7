import type { AggregateMetadata, FunctionMetadata } from './keyspace-metadata.js';
import type { Warn } from './row-groups.js';
import { readRows } from './schema-row.js';
import type { StoredElement } from './stored-schema.js';

/** The functions of one name, of the rows that describe them. Those that are not complete are left out, with a warning. */
export function readFunctions(keyspace: string, name: string, element: StoredElement, warn: Warn): FunctionMetadata[] {
  const label = `Function ${keyspace}.${name}`;
  const functions: FunctionMetadata[] = [];
  for (const row of readRows(element.rows.functions, label, warn)) {
    const argumentTypes = row.texts('argument_types')?.map(withoutFrozen);
    const argumentNames = row.texts('argument_names');
    const returnType = row.text('return_type');
    const language = row.text('language');
    const body = row.text('body');
    if (
      argumentTypes === undefined ||
      argumentNames?.length !== argumentTypes.length ||
      returnType === undefined ||
      language === undefined ||
      body === undefined
    ) {
      warn(`${label} is ignored, since its arguments, its result or its body is not known.`);
      continue;
    }
    functions.push({
      keyspace,
      name,
      signature: signatureOf(name, argumentTypes),
      argumentNames,
      argumentTypes,
      returnType: withoutFrozen(returnType),
      language,
      body,
      calledOnNullInput: row.boolean('called_on_null_input') ?? false,
      isDeterministic: row.boolean('deterministic') ?? false,
      isMonotonic: row.boolean('monotonic') ?? false,
      monotonicOn: row.texts('monotonic_on') ?? [],
    });
  }
  return functions;
}

/** The aggregates of one name. */
export function readAggregates(
  keyspace: string,
  name: string,
  element: StoredElement,
  warn: Warn,
): AggregateMetadata[] {
  const label = `Aggregate ${keyspace}.${name}`;
  const aggregates: AggregateMetadata[] = [];
  for (const row of readRows(element.rows.aggregates, label, warn)) {
    const argumentTypes = row.texts('argument_types')?.map(withoutFrozen);
    const stateFunction = row.text('state_func');
    const stateType = row.text('state_type');
    if (argumentTypes === undefined || stateFunction === undefined || stateType === undefined) {
      warn(`${label} is ignored, since its arguments or its state is not known.`);
      continue;
    }
    aggregates.push({
      keyspace,
      name,
      signature: signatureOf(name, argumentTypes),
      argumentTypes,
      stateFunction,
      stateType: withoutFrozen(stateType),
      finalFunction: row.text('final_func'),
      initialCondition: row.text('initcond'),
      returnType: withoutFrozen(row.text('return_type') ?? stateType),
    });
  }
  return aggregates;
}

function signatureOf(name: string, argumentTypes: readonly string[]): string {
  return `${name}(${argumentTypes.join(', ')})`;
}

/** Types of functions are frozen throughout. Servers store that of tuples as such, and refuse it in CREATE FUNCTION. */
function withoutFrozen(type: string): string {
  return type.startsWith('frozen<') && type.endsWith('>') ? type.slice('frozen<'.length, -1) : type;
}
