import type { LabelSelectorView } from '../ports/cluster-views.ts';

type Labels = Readonly<Record<string, string>>;
type Expression = LabelSelectorView['matchExpressions'][number];

/**
 * True when the selector chooses an object with these labels: all its requirements hold. An empty selector chooses
 * everything. `NotIn` also chooses objects that lack the key, as in Kubernetes.
 */
export function selectorMatches(selector: LabelSelectorView, labels: Labels): boolean {
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labelOf(labels, key) === value) &&
    selector.matchExpressions.every((expression) => expressionMatches(expression, labels))
  );
}

function expressionMatches(expression: Expression, labels: Labels): boolean {
  const value = labelOf(labels, expression.key);
  const isListed = value !== undefined && expression.values.includes(value);
  switch (expression.operator) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** Own keys only: a label may be called `constructor`. */
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
