/** The guides that install, migrate and uninstall, command by command, with the real helm on a real API server. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Helm, Logins } from '@kubeos/chart';
import { startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import { FastImageServer, fastImage, FastNode } from '@kubeos/e2e-apiserver';
import { createApiClient, createClock, loadKubeConfig, type ApiClient } from '@kubeos/kube';
import { examplesOf, repository } from './pages.ts';
import { PodPlayer } from './pod-player.ts';
import {
  upstreamDefinitions,
  upstreamInstance,
  upstreamOs,
  upstreamParts,
  upstreamUser,
} from './upstream.ts';

const execute = promisify(execFile);
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };
const names = ['worker-1', 'worker-2'];
const image = fastImage('KubeOS 1.0.0');

let plane: ControlPlane;
let api: ApiClient;
let helm: Helm;
let home: string;
let nodes: readonly FastNode[];
let player: PodPlayer;

const blocksOf = (page: string, language = 'sh', use = 'helm') =>
  examplesOf(language, use).filter(({ where }) => where.startsWith(`docs/guides/${page}`));

// Without --norc a bash whose input is a socket takes itself for a remote shell.
async function shell(script: string): Promise<string> {
  const programs = [dirname(plane.kubectl), dirname(helm.program), process.env['PATH'] ?? ''];
  const { stdout } = await execute('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd: home,
    timeout: 170_000,
    env: { HOME: home, KUBECONFIG: plane.kubeconfig, PATH: programs.join(delimiter) },
  });
  return stdout;
}

async function apply(...objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await plane.run(['apply', '-f', '-'], JSON.stringify(list));
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await delay(50);
  }
}

/** The kubelet waits for a pod of the DaemonSet as long as there is none. */
async function loginOf(logins: Logins, node: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    try {
      return await logins.proxy(node, signal);
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
}

beforeAll(async () => {
  plane = await startControlPlane();
  api = createApiClient(loadKubeConfig(plane.kubeconfig));
  helm = await Helm.find(plane);
  home = await mkdtemp(join(tmpdir(), 'kubeos-guides-'));
  await symlink(join(repository, 'charts'), join(home, 'charts'));
  const logins = new Logins(plane, api);
  nodes = names.map((name) => {
    const login = (node: string, signal: AbortSignal): Promise<string> =>
      loginOf(logins, node, signal);
    const folder = join(plane.folder, 'nodes');
    const images = new FastImageServer();
    return new FastNode({ name, api, login, folder, images, image, clock: createClock(), log });
  });
  for (const node of nodes) node.powerOn();
  player = new PodPlayer({ api, logins, nodes, log });
}, 600_000);

afterAll(async () => {
  await player.stop();
  await Promise.all(nodes.map((node) => node.powerOff()));
  api.close();
  await plane.stop();
  await rm(home, { recursive: true, force: true });
}, 60_000);

const uids = (): Promise<string> =>
  plane.run(['get', 'os,osinstances', '-n', 'default', '-o', 'jsonpath={.items[*].metadata.uid}']);

describe('from upstream to the chart', () => {
  let before: string;

  beforeAll(async () => {
    await apply(...upstreamDefinitions, ...upstreamParts);
    const definitions = ['crd', 'os.upgrade.openeuler.org', 'osinstances.upgrade.openeuler.org'];
    await plane.run(['wait', '--for=condition=Established', '--timeout=60s', ...definitions]);
    await apply(upstreamOs(image.version), ...names.map(upstreamInstance));
    before = await uids();
  });

  it.each(blocksOf('migrate.md').slice(0, -1))('runs $where', async ({ text }) => {
    await shell(text);
  });

  it('every node reports, and the objects are those of before', async () => {
    const path = 'jsonpath={.items[*].status.agent.version}';
    const versions = `${image.version} ${image.version}`;
    await until('both reports', async () => {
      return (await plane.run(['get', 'osi', '-n', 'default', '-o', path])) === versions;
    });
    expect(await uids()).toBe(before);
    const done = ['wait', 'os/os-sample', '-n', 'default', '--for=condition=Ready'];
    await plane.run([...done, '--timeout=60s']);
  });

  it.each([
    [['label', 'node', 'worker-1', 'upgrade.openeuler.org/serial=']],
    [['label', 'node', 'worker-1', 'upgrade.openeuler.org/serial-']],
    [
      [
        'patch',
        'osi',
        'worker-1',
        '-n',
        'default',
        '--type=merge',
        '-p={"spec":{"nodestatus":"idle"}}',
      ],
    ],
    [['annotate', 'os', 'os-sample', '-n', 'default', 'example.org/by=pipeline']],
  ])('leaves the rights of upstream alone: %j', async (command) => {
    await plane.run([...command, `--as=${upstreamUser}`]);
  });

  it('and upstream can be removed then', async () => {
    for (const { text } of blocksOf('migrate.md').slice(-1)) await shell(text);
    const found = [
      'get',
      'clusterroles',
      'upgrade-manager-role',
      '--ignore-not-found',
      '-o',
      'name',
    ];
    expect(await plane.run(found)).toBe('');
  });

  it.each(blocksOf('security.md'))('runs $where', async ({ text }) => {
    expect(await shell(text)).toContain('kubeos-operator-nodes');
  });
});

describe('from nothing to the chart, and back', () => {
  beforeAll(async () => {
    await helm.run(['uninstall', 'kubeos', '--namespace=kubeos-system', '--no-hooks']);
    await plane.run(['delete', 'crd', '--all']);
    const gone = ['delete', 'namespace', 'kubeos-system', 'kubeos-proxy', '--ignore-not-found'];
    await plane.run(gone);
    const [object, ...more] = blocksOf('deploy.md', 'yaml', 'test');
    expect(more).toEqual([]);
    await writeFile(join(home, 'os.yaml'), object?.text ?? '');
  }, 180_000);

  it.each(blocksOf('deploy.md'))(
    'runs $where',
    async ({ text }) => {
      await shell(text);
    },
    180_000,
  );

  it('the Job before the uninstall has ended in order', () => {
    expect(player.retired).toEqual([0]);
  });
});
