import type { Prometheus } from '@kubeos/chart';
import { operatorMetrics, proxyMetrics } from '@kubeos/core';

import { verifyService } from './checks.ts';
import { differences, type Findings } from './differences.ts';
import type { Stage } from './stage.ts';

/** A number that the run has left in Prometheus. */
export interface Figure {
  readonly expression: string;
  /** What it has to be. */
  readonly value: number;
}

/** Figures by what a person calls them. */
export type Figures = Readonly<Record<string, Figure>>;

const { finished, fallbacks } = operatorMetrics;
const { info, lastFailure } = proxyMetrics;
const fellBack = 'KubeOSBootFallback';
const failed = 'KubeOSNodeFailed';

/** What a run with these nodes leaves, by the beginning of the line that tells it. */
export function figuresOf(nodes: readonly string[]): Readonly<Record<string, Figures>> {
  const all = nodes.length;
  const [first = ''] = nodes;
  return {
    'Prometheus counted': {
      'upgrades succeeded': { expression: ended('upgrade', 'Succeeded'), value: all },
      'upgrades failed': { expression: ended('upgrade', 'Failed'), value: 1 },
      'rollbacks succeeded': { expression: ended('rollback', 'Succeeded'), value: all },
      'settings applied': { expression: ended('config', 'Succeeded'), value: all },
      'settings given up': { expression: ended('config', 'Failed'), value: 1 },
      'nodes fallen back': { expression: `sum(${fallbacks.name})`, value: 1 },
    },
    'Alerts of the chart': {
      [`${fellBack} fired`]: { expression: alerts('firing', `="${fellBack}"`), value: 1 },
      // It fires after two minutes, which is longer than the demo leaves a node so.
      [`${failed} raised`]: { expression: alerts('pending', `="${failed}"`), value: 1 },
      'others fired': { expression: alerts('firing', `!~"${fellBack}|${failed}"`), value: 0 },
    },
    'Programs scraped': {
      'operator and proxies': { expression: 'sum(up)', value: 1 + all },
      [`with a failed boot of ${first}`]: {
        expression: `count(${lastFailure.name}{reason="BootFailed"} * on (instance) group_left (node) ${info.name}{node="${first}"})`,
        value: 1,
      },
    },
  };
}

function ended(type: string, result: string): string {
  return `sum(${finished.name}{type="${type}",result="${result}"})`;
}

/** How many alerts with such a name were in this state at any moment; the range is longer than the demo. */
function alerts(state: 'pending' | 'firing', name: string): string {
  const ofRun = `max_over_time(ALERTS{alertstate="${state}",alertname${name}}[1h])`;
  return `count(count by (alertname) (${ofRun})) or vector(0)`;
}

/** What a scrape of the operator, of every proxy and the alerts make of the whole run. */
export async function verifyFigures(
  stage: Stage,
  prometheus: Pick<Prometheus, 'query'>,
): Promise<void> {
  const { observer, nodes } = stage.parts;
  const groups = figuresOf(nodes.map(({ name }) => name));
  observer.service.begin();
  for (const [title, figures] of Object.entries(groups)) {
    let found: Findings = {};
    await stage.verifySoon(async () => {
      found = await foundOf(figures, prometheus);
      return differences('Prometheus', expectedOf(figures), found);
    });
    const texts = Object.entries(found).map(([about, value]) => `${about} ${value}`);
    stage.say(`   ${title}: ${texts.join(', ')}`);
  }
  verifyService(stage, '0');
}

function expectedOf(figures: Figures): Findings {
  const entries = Object.entries(figures);
  return Object.fromEntries(entries.map(([about, { value }]) => [about, String(value)]));
}

/** What these figures are now; one of which Prometheus knows nothing is `nothing`. */
async function foundOf(figures: Figures, prometheus: Pick<Prometheus, 'query'>): Promise<Findings> {
  const found: Record<string, string> = {};
  for (const [about, { expression }] of Object.entries(figures)) {
    const [series] = await prometheus.query(expression);
    found[about] = String(series?.value ?? 'nothing');
  }
  return found;
}
