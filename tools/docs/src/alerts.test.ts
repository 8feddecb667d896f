import { describe, expect, it } from '@jest/globals';
import {
  conditionMeanings,
  endingReasons,
  errorCodes,
  operationSteps,
  operatorMetrics,
  proxyMetrics,
  waitReasons,
} from '@kubeos/core';
import { readAlertCases, readAlerts } from './alerts.ts';
import { readPages } from './pages.ts';

const alerts = readAlerts();
const cases = readAlertCases();
const pages = readPages();
const metrics = [...Object.values(operatorMetrics), ...Object.values(proxyMetrics)];
/** Names of series: a histogram has three. */
const series: ReadonlySet<string> = new Set(
  metrics.flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  ),
);
const reasons: ReadonlySet<string> = new Set([
  ...Object.keys(waitReasons),
  ...Object.keys(endingReasons),
  ...Object.values(errorCodes).map(({ reason }) => reason),
  ...conditionMeanings.flatMap((condition) => Object.keys(condition.reasons)),
]);

/** Values that an expression compares a label with. */
function valuesOf(expr: string, label: string): readonly string[] {
  return [...expr.matchAll(new RegExp(`\\b${label}=~?"([^"]*)"`, 'gu'))].flatMap(([, text = '']) =>
    text.split('|'),
  );
}

describe('the alerts', () => {
  it('have a name each', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });

  it.each(alerts)('$alert says what it is, how urgent, and where help is', (rule) => {
    const { summary, description, runbook_url: runbook } = rule.annotations;
    expect(rule.alert).toMatch(/^KubeOS[A-Z]\w+$/u);
    expect(['critical', 'warning']).toContain(rule.labels['severity']);
    expect(summary).toMatch(/[^.]$/u);
    expect(description).toMatch(/\.$/u);
    expect(pages.map(({ path }) => path)).toContain(runbook);
  });

  it.each(alerts)('$alert is found in its runbook, in the index and in the guide', (rule) => {
    const { alert, annotations } = rule;
    const naming = pages.filter(({ codes }) => codes.some(({ text }) => text === alert));
    expect(naming.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'docs/guides/operations.md',
        'docs/runbooks/README.md',
        annotations['runbook_url'],
      ]),
    );
  });

  it.each(alerts)('$alert asks for metrics, reasons and steps that there are', ({ expr }) => {
    const names = [...expr.matchAll(/\bkubeos_\w+/gu)].map(([name]) => name);
    expect(names.filter((name) => !series.has(name))).toEqual([]);
    expect(valuesOf(expr, 'reason').filter((reason) => !reasons.has(reason))).toEqual([]);
    expect(operationSteps).toEqual(expect.arrayContaining([...valuesOf(expr, 'step')]));
  });

  it.each(alerts)('$alert has a case in which it fires and one in which it does not', (rule) => {
    const told = cases
      .flatMap(({ alert_rule_test: tests }) => tests)
      .filter(({ alertname }) => alertname === rule.alert)
      .map(({ exp_alerts: expected }) => expected.length > 0);
    expect(new Set(told)).toEqual(new Set([true, false]));
  });
});
