/** From a PodDisruptionBudget to the few fields that a drain looks at. */
import type { BudgetView, LabelSelectorView } from '@kubeos/core';
import {
  isJsonObject,
  listIn,
  metaOf,
  objectIn,
  textIn,
  textsIn,
  type JsonObject,
} from '../store/object-meta.ts';

type Expression = LabelSelectorView['matchExpressions'][number];

const operators: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** Reads a PodDisruptionBudget, https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1/. */
export function parseBudget(raw: unknown): BudgetView {
  const { namespace = '', name } = metaOf(raw);
  const spec = objectIn(raw, 'spec');
  const status = objectIn(raw, 'status');
  const selector = spec['selector'];
  const isAlwaysAllowed = spec['unhealthyPodEvictionPolicy'] === 'AlwaysAllow';
  return {
    namespace,
    name,
    ...(isJsonObject(selector) ? { selector: parseSelector(selector) } : {}),
    disruptionsAllowed: numberIn(status, 'disruptionsAllowed'),
    unhealthyPodEvictionPolicy: isAlwaysAllowed ? 'AlwaysAllow' : 'IfHealthyBudget',
    observed:
      numberIn(status, 'observedGeneration') >= numberIn(objectIn(raw, 'metadata'), 'generation'),
    currentHealthy: numberIn(status, 'currentHealthy'),
    desiredHealthy: numberIn(status, 'desiredHealthy'),
  };
}

function parseSelector(selector: JsonObject): LabelSelectorView {
  return {
    matchLabels: Object.fromEntries(textsIn(selector, 'matchLabels')),
    matchExpressions: listIn(selector, 'matchExpressions')
      .filter(isJsonObject)
      .map(parseExpression),
  };
}

function parseExpression(expression: JsonObject): Expression {
  return {
    key: textIn(expression, 'key') ?? '',
    operator: operatorOf(textIn(expression, 'operator')),
    values: listIn(expression, 'values').filter((value) => typeof value === 'string'),
  };
}

/** An operator that is not known matches more pods rather than fewer: `Exists`. */
function operatorOf(text: string | undefined): Expression['operator'] {
  return isOperator(text) ? text : 'Exists';
}

function isOperator(text: string | undefined): text is Expression['operator'] {
  return text !== undefined && operators.has(text);
}

function numberIn(value: JsonObject, key: string): number {
  const member = value[key];
  return typeof member === 'number' ? member : 0;
}
