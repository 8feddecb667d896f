import { claimNode } from './activate.ts';
import { awaitConfigured, isConfigured } from './configured.ts';
import type { PresentView } from './decide-operation.ts';
import { decideDrain } from './drain.ts';
import type { OperationDecision } from './view.ts';

/** Before: the old system gets its settings; then the last look at the pods is made again, which may have come since. */
export function decideBefore(view: PresentView): OperationDecision {
  if (isConfigured(view, view.operation)) return decideDrain(view);
  return claimNode(view) ?? awaitConfigured(view);
}
