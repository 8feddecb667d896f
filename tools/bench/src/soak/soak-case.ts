import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Component } from '@kubeos/control-plane';
import { bundlePrograms, operatorCommand } from '@kubeos/demo';
import { FastImageServer, FastNode, fastImage, type FastImage } from '@kubeos/e2e-apiserver';
import { createClock, type ApiClient } from '@kubeos/kube';
import { createRandom, type Random } from '@kubeos/simulator';
import * as z from 'zod/mini';

import type { Case, CaseContext } from '../case.ts';
import { startCluster } from '../cluster.ts';
import { memoryOf } from '../measure/process-tree.ts';
import { startProgram } from '../program.ts';
import { atMost, figure, type Result } from '../result.ts';
import { unread } from '../unread-log.ts';
import { until } from '../until.ts';
import { countFiles, lookForRemains } from './left-behind.ts';

/** A fleet that is upgraded and rolled back for long while its programs are killed: nothing may be left, nothing grow. */
export const soakCase: Case = { name: 'soak', run: runSoak };

const nodeCount = 30;
const rounds = 50;
/** The last ones, in which nobody is killed: memory of an operator tells something once it lives for a while. */
const quietRounds = 10;
const atOnce = 10;
const killEveryMs = 2_000;
const roundSeconds = 600;
const restMs = 3_000;
const seed = 1;
const mib = 2 ** 20;
/** Of memory at the end of the quiet rounds, against their begin. */
const mostGrowth = 1.2;
const osPath = '/apis/upgrade.openeuler.org/v1alpha1/namespaces/default/os';

/** The operator of the fleet, started anew whenever it was killed. */
interface Operator {
  readonly kill: () => Promise<void>;
  readonly program: () => Component;
}

interface Fleet {
  readonly context: CaseContext;
  readonly api: ApiClient;
  readonly images: FastImageServer;
  readonly nodes: readonly FastNode[];
  readonly operator: Operator;
  readonly random: Random;
}

async function runSoak(context: CaseContext): Promise<readonly Result[]> {
  const { folder, say, signal } = context;
  say('bundling');
  const bundles = await bundlePrograms(signal);
  await using endings = new AsyncDisposableStack();
  const { plane, api } = await startCluster(context, endings);
  const images = new FastImageServer();
  const nodes = startNodes(context, endings, { api, images, kubeconfig: plane.kubeconfig });
  const command = operatorCommand(bundles.operator, plane.kubeconfig, 'default');
  const operator = await keepOperator(context, endings, command);
  const fleet = { context, api, images, nodes, operator, random: createRandom(seed) };
  const disks = join(folder, 'nodes');
  let files = 0;
  let kills = 0;
  let quietRss = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const isQuiet = round > rounds - quietRounds;
    kills += await playRound(fleet, round, isQuiet);
    await delay(restMs, undefined, { signal });
    // The first two rounds have filled both slots of every node.
    if (round === 2) files = await countFiles(disks);
    if (round === rounds - quietRounds + 2) quietRss = memoryOf(operator.program().pid).rss;
    say(`round ${round} of ${rounds}`);
  }
  const growth = memoryOf(operator.program().pid).rss / quietRss;
  const remains = await lookForRemains(api);
  return [
    figure(`soak: moves of ${nodeCount} nodes`, rounds, ''),
    figure('soak: programs killed', kills, ''),
    ...Object.entries(remains).map(([what, count]) => atMost(`soak: ${what} left`, count, '', 0)),
    atMost('soak: files of the nodes that came', (await countFiles(disks)) - files, '', 0),
    figure('soak: operator, resident at the end', (growth * quietRss) / mib, 'MiB'),
    atMost(`soak: the same, against ${quietRounds - 2} moves before`, growth, 'times', mostGrowth),
  ];
}

interface NodeInputs {
  readonly api: ApiClient;
  readonly images: FastImageServer;
  readonly kubeconfig: string;
}

function startNodes(
  { folder }: CaseContext,
  endings: AsyncDisposableStack,
  { api, images, kubeconfig }: NodeInputs,
): readonly FastNode[] {
  const nodes = Array.from(
    { length: nodeCount },
    (_, index) =>
      new FastNode({
        name: `node-${String(index + 1).padStart(2, '0')}`,
        api,
        login: () => Promise.resolve(kubeconfig),
        folder: join(folder, 'nodes'),
        images,
        image: imageOf(0),
        clock: createClock(),
        log: unread,
      }),
  );
  endings.defer(async () => {
    await Promise.all(nodes.map((node) => node.powerOff()));
  });
  for (const node of nodes) node.powerOn();
  return nodes;
}

async function keepOperator(
  context: CaseContext,
  endings: AsyncDisposableStack,
  command: readonly string[],
): Promise<Operator> {
  let count = 0;
  const start = async (): Promise<Component> => {
    count += 1;
    return startProgram(context, `os-operator-${count}`, command);
  };
  let program = await start();
  endings.defer(() => program.stop());
  return {
    program: () => program,
    kill: async () => {
      program.signal('SIGKILL');
      await program.exited;
      program = await start();
    },
  };
}

/** Every second round goes back to the first system; gives how many programs were killed meanwhile. */
async function playRound(fleet: Fleet, round: number, isQuiet: boolean): Promise<number> {
  const { context, api, images, nodes } = fleet;
  const isUpgrade = round % 2 === 1;
  const wanted = imageOf(isUpgrade ? round : 0);
  const spec = isUpgrade ? upgradeTo(images, wanted) : { opstype: 'rollback' };
  await applyOs(api, { ...spec, osversion: wanted.version });
  const over = new AbortController();
  const killing = isQuiet ? Promise.resolve(0) : killUntil(fleet, over.signal);
  try {
    const isDone = async (): Promise<boolean> =>
      nodes.every(({ running }) => running?.image.version === wanted.version) &&
      (await isToldDone(api));
    const { signal } = context;
    const waiting = { signal, seconds: roundSeconds, pollMs: 200 };
    await until(`all nodes run ${wanted.version}`, isDone, waiting);
  } finally {
    over.abort();
  }
  return killing;
}

/** Kills the operator or a proxy now and then, and starts another one at once. */
async function killUntil({ nodes, operator, random }: Fleet, over: AbortSignal): Promise<number> {
  let kills = 0;
  for (;;) {
    await delay(random.between(1, killEveryMs * 2), undefined, { signal: over }).catch(
      () => undefined,
    );
    if (over.aborted) return kills;
    kills += 1;
    if (random.chance(0.3)) await operator.kill();
    else {
      const node = random.pick(nodes);
      await node.stopProxy();
      node.startProxy();
    }
  }
}

function imageOf(number: number): FastImage {
  return fastImage(`KubeOS ${number}`);
}

function upgradeTo(images: FastImageServer, image: FastImage): object {
  return {
    opstype: 'upgrade',
    imagetype: 'disk',
    imageurl: images.offer(image.digest, image),
    checksum: image.digest.slice('sha256:'.length),
  };
}

async function applyOs(api: ApiClient, spec: object): Promise<void> {
  const pace = { maxunavailable: atOnce, timeinterval: 1, minReadySeconds: 1, evictpodforce: true };
  await api.request({
    method: 'PATCH',
    path: `${osPath}/soak`,
    query: { fieldManager: 'soak', force: true },
    contentType: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'upgrade.openeuler.org/v1alpha1',
      kind: 'OS',
      metadata: { name: 'soak', namespace: 'default' },
      spec: { ...pace, ...spec },
    },
  });
}

const told = z.object({
  metadata: z.object({ generation: z.number() }),
  status: z.optional(
    z.object({
      observedGeneration: z.optional(z.number()),
      conditions: z.optional(z.array(z.object({ type: z.string(), reason: z.string() }))),
    }),
  ),
});

async function isToldDone(api: ApiClient): Promise<boolean> {
  const answer = await api.request({ method: 'GET', path: `${osPath}/soak` });
  const { metadata, status } = told.parse(answer);
  if (status?.observedGeneration !== metadata.generation) return false;
  return status.conditions?.some(({ reason }) => reason === 'AllNodesUpdated') === true;
}
