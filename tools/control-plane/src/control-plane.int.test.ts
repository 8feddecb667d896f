import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startControlPlane, type ControlPlane } from './index.ts';

/** Controllers come back from a restart with pauses that grow. */
const deadlineSeconds = 180;

async function eventually<T>(look: () => Promise<T>, accept: (seen: T) => boolean): Promise<T> {
  const deadline = performance.now() + deadlineSeconds * 1000;
  for (;;) {
    const seen = await look();
    if (accept(seen)) return seen;
    if (performance.now() > deadline)
      throw new Error(`Last seen: ${JSON.stringify(seen).slice(0, 2000)}`);
    await delay(100);
  }
}

/** Ids of the living processes whose command line names the folder. */
async function processesOf(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const line = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(folder)) found.push(Number(entry));
  }
  return found;
}

const nodeName = 'node-1';
const fakeNode = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: nodeName, labels: { type: 'kwok' } },
};
const readyStatus = {
  status: {
    capacity: { cpu: '8', memory: '16Gi', pods: '110' },
    allocatable: { cpu: '8', memory: '16Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
  },
};
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'example.test/web:1' }] },
    },
  },
};
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
};

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly conditions?: readonly Condition[] };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
}

describe('a control plane', () => {
  let plane: ControlPlane;

  const apply = async (object: unknown): Promise<string> =>
    plane.run(['apply', '--filename=-'], JSON.stringify(object));
  const pods = async (): Promise<readonly Pod[]> => {
    const list = JSON.parse(await plane.run(['get', 'pods', '--output=json'])) as {
      items: readonly Pod[];
    };
    return list.items;
  };
  const readyCondition = (pod: Pod): Condition | undefined =>
    pod.status.conditions?.find(({ type }) => type === 'Ready');
  const readySince = (pod: Pod): string | undefined => readyCondition(pod)?.lastTransitionTime;
  const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True';
  const twoAreReady = (seen: readonly Pod[]): boolean => seen.filter(isReady).length === 2;
  const evict = async (name: string): Promise<string> =>
    plane.run(
      ['create', '--raw', `/api/v1/namespaces/default/pods/${name}/eviction`, '--filename=-'],
      JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } }),
    );
  const disruptionsAllowed = async (): Promise<string> =>
    plane.run(['get', 'pdb', 'web', '--output=jsonpath={.status.disruptionsAllowed}']);
  const leaseRenewal = async (): Promise<void> => {
    await apply({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: nodeName, namespace: 'kube-node-lease' },
      spec: {
        holderIdentity: nodeName,
        leaseDurationSeconds: 40,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    });
  };
  const nodeReady = async (): Promise<string> =>
    plane.run([
      'get',
      'node',
      nodeName,
      '--output=jsonpath={.status.conditions[?(@.type=="Ready")].status}',
    ]);
  const reportReady = async (): Promise<void> => {
    await leaseRenewal();
    await plane.run([
      'patch',
      'node',
      nodeName,
      '--subresource=status',
      '--type=strategic',
      `--patch=${JSON.stringify(readyStatus)}`,
    ]);
  };
  // Again and again, as a kubelet does: after a restart of the API server the controllers need a while to follow.
  const reportAndLook = async (): Promise<string> => {
    await reportReady();
    return nodeReady();
  };

  // Nothing is put on a node that is not Ready for as long as the controllers take.
  const reportAndList = async (): Promise<readonly Pod[]> => {
    await reportReady();
    return pods();
  };

  beforeAll(async () => {
    plane = await startControlPlane();
  }, 1_200_000);

  afterAll(async () => {
    await plane.stop();
  });

  it('runs the pods of a Deployment on a fake node', async () => {
    await apply(fakeNode);
    await apply(deployment);
    await apply(budget);
    const seen = await eventually(reportAndList, twoAreReady);
    expect(seen).toHaveLength(2);
  });

  it('holds an eviction back while the budget has nothing to give', async () => {
    const [first] = await eventually(reportAndList, twoAreReady);
    await expect(evict(first?.metadata.name ?? '')).rejects.toThrow('TooManyRequests');
  });

  it('evicts when the budget allows it, and the Deployment brings the pod back', async () => {
    const [first] = await eventually(reportAndList, twoAreReady);
    await apply({ ...budget, spec: { ...budget.spec, minAvailable: 1 } });
    await eventually(disruptionsAllowed, (allowed) => allowed === '1');
    await evict(first?.metadata.name ?? '');
    const after = await eventually(
      reportAndList,
      (seen) =>
        twoAreReady(seen) && seen.every(({ metadata }) => metadata.uid !== first?.metadata.uid),
    );
    expect(after).toHaveLength(2);
  });

  it('turns a node whose lease stops NotReady, leaves its pods, and takes it back', async () => {
    await eventually(reportAndLook, (status) => status === 'True');
    const before = await eventually(pods, twoAreReady);
    await eventually(nodeReady, (status) => status === 'Unknown');
    await eventually(reportAndLook, (status) => status === 'True');

    const wasTakenDown = (pod: Pod): boolean =>
      !before.some((old) => readySince(old) === readySince(pod));
    const after = await eventually(pods, (seen) => twoAreReady(seen) && seen.every(wasTakenDown));
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(
      before.map(({ metadata }) => metadata.uid),
    );
  });

  it('keeps its data over a restart of the API server, and the controllers go on', async () => {
    const before = (await pods()).map(({ metadata }) => metadata.uid).sort();
    const { server } = plane;
    await plane.restartApiServer();
    expect(plane.server).toBe(server);
    expect((await pods()).map(({ metadata }) => metadata.uid).sort()).toEqual(before);

    await plane.run(['scale', 'deployment', 'web', '--replicas=3']);
    await eventually(reportAndList, (seen) => seen.filter(isReady).length === 3);
  });

  it('refuses calls while the API server is stopped, and serves them afterwards', async () => {
    await plane.stopApiServer();
    await expect(plane.run(['get', 'namespaces'])).rejects.toThrow('refused');
    await plane.startApiServer();
    await expect(plane.run(['get', 'namespaces'])).resolves.toContain('default');
  });

  it('says what kubectl says when a call fails', async () => {
    await expect(plane.run(['get', 'node', 'nobody'])).rejects.toThrow('nodes "nobody" not found');
  });

  it('leaves no process and no folder behind', async () => {
    expect((await processesOf(plane.folder)).length).toBe(5);
    await plane.stop();
    await plane.stop();
    expect(await processesOf(plane.folder)).toEqual([]);
    expect(existsSync(plane.folder)).toBe(false);
  });
});

describe('a control plane without controllers', () => {
  it('runs on after its signal, for those who still use it, until it is stopped', async () => {
    const end = new AbortController();
    const plane = await startControlPlane({ components: [], signal: end.signal });
    try {
      expect(getEventListeners(end.signal, 'abort')).toEqual([]);
      end.abort();
      await plane.run(['create', 'namespace', 'one']);
    } finally {
      await plane.stop();
    }
    expect(await processesOf(plane.folder)).toEqual([]);
    expect(existsSync(plane.folder)).toBe(false);
  });

  it('leaves no process behind when one of its programs does not start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubeos-no-start-'));
    try {
      // In place of the file that the output would go to.
      await mkdir(join(folder, 'kwok.log'));
      const start = startControlPlane({ folder, components: ['scheduler', 'kwok'] });
      await expect(start).rejects.toMatchObject({ code: 'EISDIR' });
      expect(await processesOf(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the command', () => {
  const start = async () => {
    const child = spawn(
      process.execPath,
      ['--conditions=@kubeos/source', join(import.meta.dirname, 'main.ts')],
      { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
    );
    const exited = once(child, 'exit');
    let output = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += String(chunk);
      if (output.includes('Ctrl-C')) break;
    }
    const folder = /KUBECONFIG=(\S+)\/kubeconfig/.exec(output)?.[1] ?? '';
    return { child, exited, output, folder };
  };

  it('prints how to use it, and stops everything on Ctrl-C', async () => {
    const { child, exited, output, folder } = await start();
    expect(output).toContain('export KUBECONFIG=');
    expect(await processesOf(folder)).toHaveLength(5);
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect(await processesOf(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('takes its processes along when it is killed', async () => {
    const { child, exited, folder } = await start();
    child.kill('SIGKILL');
    await exited;
    await eventually(
      async () => processesOf(folder),
      (found) => found.length === 0,
    );
    // Nobody is left to remove it.
    await rm(folder, { recursive: true });
  });
});
