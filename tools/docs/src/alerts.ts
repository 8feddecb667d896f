/** The rules for Prometheus that the chart brings, and the cases that they are tested by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from './pages.ts';

/** A rule that alerts. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One case: what an alert says at a moment, after what was seen until then. */
export interface AlertCase {
  readonly name: string;
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly object[];
  }[];
}

/** The file of the cases, in the words of promtool. */
export const casesFile = join(repository, 'tools/docs/samples/alerts.test.yaml');

/** The rules, in their order. */
export function readAlerts(): readonly AlertRule[] {
  const text = readFileSync(join(repository, 'charts/kubeos/files/alerts.yaml'), 'utf8');
  const { groups } = parse(text) as {
    readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** The cases, in their order. */
export function readAlertCases(): readonly AlertCase[] {
  const text = readFileSync(casesFile, 'utf8');
  return (parse(text) as { readonly tests: readonly AlertCase[] }).tests;
}
