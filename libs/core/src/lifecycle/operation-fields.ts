import { operationId, type Operation } from '../api/operation.ts';
import type { LogFields } from '../ports/log.ts';

/** The fields by which lines of operator, proxy and agent about one operation are found; the agent knows `operation` alone. */
export function operationFields(node: string, operation: Operation): LogFields {
  const { osNamespace, osName, seq, phase } = operation;
  return { node, os: `${osNamespace}/${osName}`, operation: operationId(operation), seq, phase };
}
