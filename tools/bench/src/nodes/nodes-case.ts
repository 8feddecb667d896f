import { join } from 'node:path';

import {
  Course,
  fleetName,
  fleetObject,
  upgradeTo,
  VmCluster,
  workload,
  type ClusterNode,
  type NodeImages,
} from '@kubeos/cluster';
import { bundleForImages } from '@kubeos/vm';

import type { Case, CaseContext } from '../case.ts';
import { atMost, figure, type Result } from '../result.ts';

/** What an upgrade costs real nodes: how long each is out of service and for what, memory and sizes. */
export const nodesCase: Case = { name: 'nodes', run: runNodes };

const mib = 2 ** 20;
const upgradeSeconds = 3600;
/** Of the time for which upstream's sequence would take the node out of service, which copies after the drain. */
const mostShare = 0.8;

const programs = {
  'os-operator': '/app/operator.cjs',
  'os-proxy': '/app/proxy.cjs',
  'os-agent': 'os-agent.cjs',
} as const;

async function runNodes(context: CaseContext): Promise<readonly Result[]> {
  const { folder, say, signal } = context;
  say('bundling');
  await bundleForImages(signal);
  const cluster = await VmCluster.start({ folder: join(folder, 'cluster'), log: say, signal });
  try {
    await cluster.apply(...workload(cluster.nodes.length));
    const course = new Course(cluster);
    const { second } = cluster.images;
    say(`upgrading to ${second.version}`);
    await cluster.apply(fleetObject(upgradeTo(cluster, second)));
    await cluster.until('all nodes to be upgraded', upgradeSeconds, () => {
      signal.throwIfAborted();
      const { conditions = [] } = cluster.os(fleetName)?.status ?? {};
      return conditions.some(({ reason }) => reason === 'AllNodesUpdated');
    });
    return [
      ...cluster.nodes.flatMap(({ name }) => nodeResults(course, name)),
      ...(await memoryResults(cluster.nodes)),
      ...sizeResults(cluster.images),
    ];
  } finally {
    await cluster.stop();
  }
}

function nodeResults(course: Course, node: string): readonly Result[] {
  const seconds = (from: Parameters<Course['secondsBetween']>[1], to: typeof from): number =>
    course.secondsBetween(node, from, to) ?? NaN;
  const out = seconds('cordoned', 'uncordoned');
  const copy = seconds('phase Prepare', 'phase Drain');
  return [
    figure(`${node}: prepared in service`, copy, 's'),
    figure(`${node}: unschedulable`, out, 's'),
    figure(`${node}: of that, drain`, seconds('phase Drain', 'phase Activate'), 's'),
    figure(`${node}: of that, reboot`, seconds('phase Activate', 'rebooted'), 's'),
    figure(`${node}: of that, confirm`, seconds('rebooted', 'phase GiveBack'), 's'),
    figure(`${node}: of that, give back`, seconds('phase GiveBack', 'uncordoned'), 's'),
    atMost(
      `${node}: unschedulable, against the same steps with the copy after the drain`,
      out / (out + copy),
      'of upstream',
      mostShare,
    ),
  ];
}

/** Resident memory of the three programs, as the kernels of the nodes tell it. */
async function memoryResults(nodes: readonly ClusterNode[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [name, bundle] of Object.entries(programs)) {
    for (const node of nodes) {
      const kib = await residentKib(node, bundle);
      if (kib !== undefined) results.push(figure(`${node.name}: ${name}`, kib / 1024, 'MiB'));
    }
  }
  return results;
}

async function residentKib(node: ClusterNode, bundle: string): Promise<number | undefined> {
  const look = `grep -lzF ${bundle} /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3`;
  const text = await node.run(`for id in $(${look}); do grep VmRSS /proc/$id/status; done; true`);
  const values = [...text.matchAll(/VmRSS:\s+(?<kib>\d+) kB/gu)].map(({ groups }) =>
    Number(groups?.['kib']),
  );
  return values.length === 0 ? undefined : Math.max(...values);
}

function sizeResults({ sizes }: NodeImages): readonly Result[] {
  const { components, ...whole } = sizes;
  return [...Object.entries(whole), ...Object.entries(components)].map(([name, bytes]) =>
    figure(`image of a node: ${name}`, bytes / mib, 'MiB'),
  );
}
