/** What the real helm makes of the chart, without a cluster. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { parse } from 'yaml';
import { chartFolder, Helm, setters, type Values } from './helm.ts';
import type { ChartObject } from './objects.ts';

let folder: string;
let helm: Helm;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-chart-'));
  helm = await Helm.find({ folder });
}, 600_000);

afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Everything that is optional. */
const everything: Values = {
  'metrics.serviceMonitor.enabled': true,
  'metrics.prometheusRule.enabled': true,
  'metrics.dashboard.enabled': true,
  'networkPolicy.enabled': true,
};
const nothing: Values = {
  'crds.install': false,
  'admissionPolicies.enabled': false,
  'operator.replicas': 1,
  'proxy.namespace.create': false,
  'metrics.service.enabled': false,
};

async function whyRefused(values: Values): Promise<string> {
  try {
    await helm.render(values);
    return '';
  } catch (error) {
    const { message, details } = KubeosError.from(error);
    return `${message}\n${String(details['stderr'])}`;
  }
}

const namesOf = (objects: readonly ChartObject[], kind: string): readonly string[] =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);

it.each([
  ['the usual values', {}],
  ['every optional part', everything],
  ['no optional part', nothing],
])('helm lint finds nothing with %s', async (_what, values) => {
  const said = await helm.run(['lint', '--strict', chartFolder, ...setters(values)]);
  expect(said).toContain('0 chart(s) failed');
});

describe('helm template', () => {
  it.each([
    ['CustomResourceDefinition', 2, 2, 0],
    ['Namespace', 1, 1, 0],
    ['Deployment', 1, 1, 1],
    ['DaemonSet', 1, 1, 1],
    ['PodDisruptionBudget', 1, 1, 0],
    ['ValidatingAdmissionPolicy', 3, 3, 0],
    ['ValidatingAdmissionPolicyBinding', 3, 3, 0],
    ['Service', 2, 2, 0],
    ['ServiceMonitor', 0, 2, 0],
    ['PrometheusRule', 0, 1, 0],
    ['ConfigMap', 0, 1, 0],
    ['NetworkPolicy', 0, 2, 0],
  ])('makes of %s %i, with every part %i, with none %i', async (kind, ...counts) => {
    const sets = await Promise.all([{}, everything, nothing].map((values) => helm.render(values)));
    expect(sets.map((objects) => namesOf(objects, kind).length)).toEqual(counts);
  });

  it('says the reason of every rule of RBAC', async () => {
    const args = ['template', 'kubeos', chartFolder];
    for (const part of ['operator', 'proxy']) {
      const show = `templates/${part}/rbac.yaml`;
      const lines = (await helm.run([...args, '--show-only', show])).split('\n');
      const rules = lines.flatMap((line, index) =>
        line.startsWith('  - apiGroups:') ? [index] : [],
      );
      expect(rules.length).toBeGreaterThan(1);
      for (const index of rules) expect(lines[index - 1]).toMatch(/^ {2}# \S/u);
    }
  });

  it('keeps the definitions when the release is uninstalled', async () => {
    for (const { kind, metadata } of await helm.render()) {
      if (kind !== 'CustomResourceDefinition') continue;
      expect(metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    }
  });

  it.each([
    [{}, 'kubeos/os-proxy:0.1.0'],
    [{ 'image.registry': 'r.example.org:5000/a/' }, 'r.example.org:5000/a/kubeos/os-proxy:0.1.0'],
    [{ 'proxy.image.tag': '1.2.3' }, 'kubeos/os-proxy:1.2.3'],
    [
      { 'proxy.image.digest': `sha256:${'7e'.repeat(32)}`, 'proxy.image.tag': 'x' },
      `kubeos/os-proxy@sha256:${'7e'.repeat(32)}`,
    ],
  ])('with %j runs %s', async (values, image) => {
    const daemon = (await helm.render(values)).find(({ kind }) => kind === 'DaemonSet');
    expect(daemon).toMatchObject({ spec: { template: { spec: { containers: [{ image }] } } } });
  });

  it('brings the alerts as they are tested, and links that lead somewhere', async () => {
    const file = parse(await readFile(join(chartFolder, 'files/alerts.yaml'), 'utf8')) as object;
    const rules = async (values: Values): Promise<ChartObject | undefined> =>
      (await helm.render(values)).find(({ kind }) => kind === 'PrometheusRule');
    const rule = { 'metrics.prometheusRule.enabled': true };
    expect((await rules(rule))?.['spec']).toEqual(file);
    const base = { 'metrics.prometheusRule.runbookBase': 'https://wiki.example.org/kubeos/' };
    const linked = JSON.stringify(await rules({ ...rule, ...base }));
    expect(linked).toContain('"https://wiki.example.org/kubeos/docs/runbooks/max-failures.md"');
    expect(linked).not.toContain('"docs/runbooks');
  });

  it('brings the dashboard as Grafana reads it', async () => {
    const text = await readFile(join(chartFolder, 'files/dashboard.json'), 'utf8');
    const objects = await helm.render({ 'metrics.dashboard.enabled': true });
    const map = objects.find(({ kind }) => kind === 'ConfigMap');
    const { 'kubeos.json': shown = '' } = (map?.['data'] ?? {}) as Readonly<Record<string, string>>;
    expect(JSON.parse(shown)).toEqual(JSON.parse(text));
  });

  it('runs the proxies beside the operator where that is wanted', async () => {
    const objects = await helm.render({ 'proxy.namespace.name': '' });
    expect(namesOf(objects, 'Namespace')).toEqual([]);
    const daemon = objects.find(({ kind }) => kind === 'DaemonSet');
    expect(daemon?.metadata.namespace).toBe('kubeos-system');
    const policy = objects.find(
      ({ kind, metadata }) => kind.endsWith('Policy') && metadata.name === 'kubeos-proxy',
    );
    expect(JSON.stringify(policy)).toContain('system:serviceaccount:kubeos-system:os-proxy');
  });
});

describe('the schema of the values', () => {
  it.each<readonly [Values, string]>([
    [{ nothing: 1 }, "'nothing' not allowed"],
    [{ 'operator.replica': 1 }, "'replica' not allowed"],
    [{ 'proxy.image.name': 'x' }, "'name' not allowed"],
    [{ 'operator.resources.request': {} }, "'request' not allowed"],
    [{ 'operator.replicas': 0 }, '/operator/replicas'],
    [{ 'operator.replicas': '2' }, '/operator/replicas'],
    [{ 'operator.timeZone': 'over there' }, '/operator/timeZone'],
    [{ 'operator.logLevel': 'loud' }, '/operator/logLevel'],
    [{ 'operator.image.digest': 'sha256:12' }, '/operator/image/digest'],
    [{ 'operator.nodeSelector': { a: 1 } }, '/operator/nodeSelector/a'],
    [{ 'operator.resources.limits': { memory: 'much' } }, '/operator/resources/limits/memory'],
    [{ 'proxy.namespace.name': 'Not A Name' }, '/proxy/namespace/name'],
    [{ 'proxy.socketFolder': 'run/os-agent' }, '/proxy/socketFolder'],
    [{ 'proxy.group': 0 }, '/proxy/group'],
    [{ 'proxy.maxUnavailable': '0%' }, '/proxy/maxUnavailable'],
    [{ 'image.pullPolicy': 'Sometimes' }, '/image/pullPolicy'],
    [{ 'image.registry': 'https://r.example.org' }, '/image/registry'],
    [{ 'image.pullSecrets': [{ name: 'a' }] }, '/image/pullSecrets/0'],
    [{ 'crds.install': 'yes' }, '/crds/install'],
    [{ 'retire.deadlineSeconds': 1 }, '/retire/deadlineSeconds'],
    [{ 'metrics.serviceMonitor.interval': 30 }, '/metrics/serviceMonitor/interval'],
    [
      { 'metrics.serviceMonitor.enabled': true, 'metrics.service.enabled': false },
      '/metrics/service/enabled',
    ],
    [{ 'networkPolicy.apiServerPorts': [] }, '/networkPolicy/apiServerPorts'],
    [{ 'networkPolicy.apiServerPorts': [70000] }, '/networkPolicy/apiServerPorts/0'],
  ])('refuses %j', async (values, problem) => {
    expect(await whyRefused(values)).toContain(problem);
  });

  it.each<Values>([
    { 'operator.timeZone': 'America/Argentina/Buenos_Aires' },
    { 'proxy.maxUnavailable': 3 },
    { 'operator.resources': { requests: { cpu: 1, memory: '1.5Gi' } } },
    { 'networkPolicy.metricsFrom': [{ namespaceSelector: { matchLabels: { team: 'a' } } }] },
    { 'proxy.affinity': { nodeAffinity: {} } },
    { 'global.anything': true },
  ])('takes %j', async (values) => {
    expect(await whyRefused(values)).toBe('');
  });
});
