/**
 * The whole product at once: real kubelets on machines that boot our images, in a real cluster, moved by the operator and
 * the proxies of the chart. One story; each part begins where the one before has ended.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VmCluster, WebClient, workload } from '@kubeos/cluster';
import { stealIdentity } from './proxy-identity.fixture.ts';

const longMs = 1_800_000;
const moveSeconds = 1500;
const names = ['node-1', 'node-2'];

let folder = '';
let cluster: VmCluster;
let client: WebClient;
/** Name of the part that failed: those behind it would only wait in vain. */
let failedIn: string | undefined;

/** A part of the story. What went wrong is kept with the journals of the nodes. */
function part(name: string, play: () => Promise<void>): void {
  it(
    name,
    async () => {
      if (failedIn !== undefined) throw new Error(`Not played: "${failedIn}" failed before`);
      try {
        await play();
      } catch (error) {
        failedIn = name;
        const place = process.env['KUBEOS_LOG_FOLDER'] ?? tmpdir();
        const kept = await mkdtemp(join(place, 'kubeos-cluster-story-'));
        await cluster.keepEvidence(kept);
        const text = error instanceof Error ? error.message : String(error);
        throw new Error(`${text}\nJournals and objects are in ${kept}`, { cause: error });
      }
    },
    longMs,
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeos-cluster-'));
  cluster = await VmCluster.start({ folder, log: () => undefined });
  client = new WebClient({
    api: cluster.api,
    portOf: (node, port) => cluster.machine(node).machine.hostPort(port),
  });
  await cluster.apply(...workload(names.length));
}, longMs);

afterAll(async () => {
  await client.stop();
  await cluster.stop();
  await rm(folder, { recursive: true });
}, 120_000);

describe('a cluster of machines', () => {
  part('serves, and answers for logs and commands of its pods', async () => {
    await cluster.until('the Deployment', moveSeconds, () => client.readyOn.length === 2);
    expect([...client.readyOn].sort()).toEqual(names);
    const hostname = ['exec', 'daemonset/onlooker', '--', 'cat', '/proc/sys/kernel/hostname'];
    expect(names).toContain((await cluster.plane.run(hostname)).trim());
    const logs = ['logs', '--namespace=kubeos-system', 'deployment/os-operator', '--tail=5'];
    expect(await cluster.plane.run(logs)).toContain('"msg"');
  });

  part('keeps a stolen token of a proxy to its own node', async () => {
    const { mounts, allowed, refused } = await stealIdentity(cluster, 'node-1', 'node-2');
    expect(mounts).toEqual(['/run/os-agent']);
    expect(allowed).toEqual(['own status']);
    expect(refused).toHaveLength(7);
  });

  part('keeps the folder of the agent when that is started anew', async () => {
    const node = cluster.machine('node-1');
    const before = await node.run('stat --format=%i /run/os-agent');
    await node.run('systemctl restart os-agent.socket os-agent.service');
    expect(await node.run('stat --format=%i /run/os-agent')).toBe(before);
  });
});
