import { formatIdentifier } from '../../../codec/type.js';
import type { AggregateMetadata, FunctionMetadata } from '../keyspace-metadata.js';
import { bodyLiteral } from './cql-literal.js';
import { formatDefinedName, qualifiedDefinedName } from './defined-name.js';
import { formatTypeText } from './type-names.js';

/** `CREATE FUNCTION`. */
export function createFunction(definition: FunctionMetadata): string {
  const { argumentNames, argumentTypes, calledOnNullInput, returnType, language, body } = definition;
  const parameters = argumentNames.map(
    (name, index) => `${formatIdentifier(name)} ${formatTypeText(argumentTypes[index]!)}`,
  );
  return [
    `CREATE FUNCTION ${qualifiedDefinedName(definition)}(${parameters.join(', ')})`,
    `    ${calledOnNullInput ? 'CALLED' : 'RETURNS NULL'} ON NULL INPUT`,
    `    RETURNS ${formatTypeText(returnType)}`,
    ...(definition.isDeterministic ? ['    DETERMINISTIC'] : []),
    ...monotonic(definition),
    `    LANGUAGE ${formatIdentifier(language)}`,
    `    AS ${bodyLiteral(body)};`,
  ].join('\n');
}

function monotonic({ isMonotonic, monotonicOn }: FunctionMetadata): string[] {
  if (monotonicOn.length > 0) return [`    MONOTONIC ON ${monotonicOn.map(formatIdentifier).join(', ')}`];
  return isMonotonic ? ['    MONOTONIC'] : [];
}

/** `CREATE AGGREGATE`. */
export function createAggregate(aggregate: AggregateMetadata): string {
  const { argumentTypes, stateFunction, stateType, finalFunction, initialCondition } = aggregate;
  const lines = [
    `CREATE AGGREGATE ${qualifiedDefinedName(aggregate)}(${argumentTypes.map(formatTypeText).join(', ')})`,
    `    SFUNC ${formatDefinedName(stateFunction)}`,
    `    STYPE ${formatTypeText(stateType)}`,
  ];
  if (finalFunction !== undefined) lines.push(`    FINALFUNC ${formatDefinedName(finalFunction)}`);
  if (initialCondition !== undefined) lines.push(`    INITCOND ${initialCondition}`);
  return `${lines.join('\n')};`;
}
