/** The rights that the guide gives are enough for operator and proxy, and no more than they say. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import type { AgentStatus, Log } from '@kubeos/core';
import { run as runOperator } from '@kubeos/operator';
import { run as runProxy } from '@kubeos/proxy';
import { examplesOf, repository } from './pages.ts';

const digest = `sha256:${'7e'.repeat(32)}` as const;
const bootId = 'boot-1';
const ready = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
const nodeStatus = { nodeInfo: { bootID: bootId, osImage: 'KubeOS 2' }, conditions: ready };

/** A node that can go back to KubeOS 1. */
const agent: AgentStatus = {
  apiVersion: 'v1',
  agentVersion: '0',
  capabilities: ['disk', 'rollback'],
  revision: 1,
  bootId,
  bootedSlot: 'A',
  bootWhy: 'good',
  version: 'KubeOS 2',
  slots: {
    A: { state: 'good', version: 'KubeOS 2', slotDigest: digest },
    B: { state: 'good', version: 'KubeOS 1', slotDigest: digest },
  },
  seq: 0,
  held: false,
  warnings: [],
};

const inDefault = (name: string) => ({ name, namespace: 'default' });
const containers = [{ name: 'shop', image: 'example.org/shop' }];
const objects: readonly object[] = [
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inDefault('default') },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: inDefault('shop'),
    spec: { nodeName: 'worker-1', containers },
  },
  {
    apiVersion: 'upgrade.openeuler.org/v1alpha1',
    kind: 'OS',
    metadata: inDefault('back'),
    spec: { opstype: 'rollback', osversion: 'KubeOS 1', maxunavailable: 1, evictpodforce: true },
  },
];

let plane: ControlPlane;
let home: string;

const guide = (language: string) =>
  examplesOf(language, 'test').filter(({ where }) => where.startsWith('docs/guides/deploy.md'));

beforeAll(async () => {
  plane = await startControlPlane({ components: [] });
  home = await mkdtemp(join(tmpdir(), 'kubeos-rights-'));
  await plane.run(['apply', '--server-side', '-f', join(repository, 'charts/kubeos/files/crds')]);
  await plane.run(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  for (const { text } of guide('yaml').filter((example) => !example.text.includes('kind: OS'))) {
    await plane.run(['apply', '-f', '-'], text);
  }
  for (const object of objects) await plane.run(['apply', '-f', '-'], JSON.stringify(object));
  const patch = ['patch', 'node', 'worker-1', '--subresource=status', '--type=merge'];
  await plane.run([...patch, '-p', JSON.stringify({ status: nodeStatus })]);
  const [login] = guide('sh').filter(({ text }) => text.includes('create token'));
  const path = `${join(plane.kubectl, '..')}:${process.env['PATH'] ?? ''}`;
  const env = { HOME: home, KUBECONFIG: plane.kubeconfig, PATH: path };
  const script = ['--norc', '-euo', 'pipefail', '-c', login?.text ?? 'false'];
  await promisify(execFile)('bash', script, { cwd: home, env });
}, 600_000);

afterAll(async () => {
  await plane.stop();
  await rm(home, { recursive: true, force: true });
});

it.each(['operator', 'proxy'])('gives the %s a login of its own and no other', async (part) => {
  const file = join(home, `os-${part}.kubeconfig`);
  const view = ['config', 'view', '--raw', '--output=json', `--kubeconfig=${file}`];
  const { users } = JSON.parse(await plane.run(view)) as { readonly users: unknown };
  expect(users).toEqual([{ name: `os-${part}`, user: { token: expect.any(String) } }]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('lets operator and proxy drain a node with the rights of the guide', async () => {
  const refused: unknown[] = [];
  const note = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    if (JSON.stringify([fields, message, String(fields['error'])]).includes('orbidden')) {
      refused.push([fields, message]);
    }
  };
  const log: Log = { debug: () => undefined, info: note, warn: note, error: note };
  const end = new AbortController();
  const said: string[] = [];
  const deps = {
    ...{ version: '0', log, stop: end.signal },
    print: (text: string) => said.push(text),
    complain: (text: string) => said.push(text),
  };
  const uid = await plane.run(['get', 'node', 'worker-1', '-o', 'jsonpath={.metadata.uid}']);
  const snapshot = join(home, 'status.json');
  await writeFile(snapshot, JSON.stringify(agent));
  const listen = ['--listen', '127.0.0.1:0'];
  const operator = runOperator(
    ['--kubeconfig', join(home, 'os-operator.kubeconfig'), ...listen],
    {},
    deps,
  );
  const proxy = runProxy(
    [
      ...['--kubeconfig', join(home, 'os-proxy.kubeconfig'), '--snapshot', snapshot, ...listen],
      ...['--node-name', 'worker-1', '--node-uid', uid],
    ],
    {},
    deps,
  );
  try {
    const leaving = '--for=jsonpath={.metadata.deletionTimestamp}';
    await plane.run(['wait', 'pod', 'shop', '-n', 'default', leaving, '--timeout=60s']);
    const events = await plane.run(['get', 'events', '-n', 'default', '-o', 'name']);
    expect(events).not.toBe('');
  } finally {
    end.abort();
    expect(await Promise.all([operator, proxy])).toEqual([0, 0]);
  }
  expect({ refused, said }).toEqual({ refused: [], said: [] });
});

/** What the API server answers when it is asked whether a proxy may do this. */
function mayProxy(verb: string, resource: string): string {
  // To kubectl a slash is followed by the name of an object.
  const [type = '', subresource = ''] = resource.split('/');
  const question = ['auth', 'can-i', verb, type, `--subresource=${subresource}`];
  const as = 'system:serviceaccount:kubeos-system:os-proxy';
  const asked = [...question, `--as=${as}`, `--kubeconfig=${plane.kubeconfig}`];
  const { stdout, stderr } = spawnSync(plane.kubectl, asked, { encoding: 'utf8' });
  // No server is there for the name of a resource that is misspelt; the answer would be no.
  expect(stderr).not.toContain("doesn't have a resource type");
  return stdout.trim();
}

it.each([
  ['list', 'osinstances.upgrade.openeuler.org'],
  ['watch', 'osinstances.upgrade.openeuler.org'],
  ['patch', 'osinstances.upgrade.openeuler.org/status'],
])('gives a proxy the right to %s %s', (verb, resource) => {
  expect(mayProxy(verb, resource)).toBe('yes');
});

it.each([
  ['patch', 'nodes'],
  ['list', 'nodes'],
  ['list', 'pods'],
  ['create', 'pods/eviction'],
  ['patch', 'os.upgrade.openeuler.org'],
  ['patch', 'osinstances.upgrade.openeuler.org'],
  ['get', 'secrets'],
])('gives no proxy the right to %s %s', (verb, resource) => {
  expect(mayProxy(verb, resource)).toBe('no');
});
