/** The plugin as a person uses it: found by kubectl, beside the real operator. */
import { createServer } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastImage } from './fast-node/images.ts';
import { disruptionBudget, lonelyPod } from './pods.fixture.ts';
import { Plugin } from './plugin.fixture.ts';
import { conditionOf, Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const v1 = fastImage('KubeOS 1.0.0');
const v2 = fastImage('KubeOS 2.0.0');

let scene: Scene;
let plugin: Plugin;

beforeAll(async () => {
  scene = await Scene.open();
  plugin = await Plugin.install(scene.plane);
  await scene.startOperator();
}, 600_000);

afterAll(() => scene.close(), 180_000);

interface Forecast {
  readonly nodes: readonly { readonly node: string; readonly batch: number }[];
  readonly blocked: readonly { readonly node: string; readonly reason: string }[];
  readonly asWanted: readonly string[];
  readonly evictions: number;
}

interface States {
  readonly items: readonly {
    readonly node: string;
    readonly phase: string;
    readonly reason: string;
    readonly message: string;
    readonly since?: string;
  }[];
}

/** An object as in a file, with the words of `createOs`. */
function manifest(name: string, spec: object): string {
  return JSON.stringify({
    apiVersion: 'upgrade.openeuler.org/v1alpha1',
    kind: 'OS',
    metadata: { name, namespace: 'default' },
    spec: { nodeselector: name, timeinterval: 1, minReadySeconds: 1, maxunavailable: 1, ...spec },
  });
}

/** Names of the nodes of a group in the order in which they were admitted, from now on. */
function followAdmissions(group: string): readonly string[] {
  const admitted: string[] = [];
  scene.onChange(() => {
    for (const name of [1, 2, 3, 4, 5].map((index) => `${group}-${String(index)}`)) {
      const isAdmitted = scene.instance(name)?.spec.operation?.admitted === true;
      if (isAdmitted && !admitted.includes(name)) admitted.push(name);
    }
  });
  return admitted;
}

describe('kubectl kubeos', () => {
  it.concurrent(
    'plans what the operator then does: who goes, in which order, who stays behind and why',
    async () => {
      await scene.addNodes('plan', 5, { image: v1 });
      await scene.apply(lonelyPod('plan-db', 'plan-4'), disruptionBudget('plan-db', 1));
      await scene.apply(lonelyPod('plan-web', 'plan-3'));
      await scene.kubectl('annotate', 'node', 'plan-2', 'upgrade.openeuler.org/hold=mine');
      await until('the pods to run', () =>
        ['plan-db', 'plan-web'].every((app) =>
          [...scene.pods.items()].some((pod) => pod.app === app && pod.isReady),
        ),
      );
      const spec = { ...scene.upgradeTo(v2), evictpodforce: true, canary: 1 };
      const file = manifest('plan', spec);
      const planned = await plugin.json<Forecast>(['plan', '-f', '-'], file);
      expect(planned.nodes.map(({ node, batch }) => [node, batch])).toEqual([
        ['plan-1', 1],
        ['plan-3', 2],
        ['plan-5', 3],
      ]);
      expect(planned.evictions).toBe(1);

      const admitted = followAdmissions('plan');
      await scene.createOs('plan', spec);
      await scene.untilOs('plan', 'all but two', ({ updated }) => updated === 3);
      await scene.untilOs('plan', 'the reasons', ({ waiting }) => waiting?.length === 2);
      expect(admitted).toEqual(planned.nodes.map(({ node }) => node));
      const stayed = scene
        .os('plan')
        ?.status.waiting?.map(({ reason, examples }) => [examples, reason]);
      expect(new Set(stayed)).toEqual(
        new Set(planned.blocked.map(({ node, reason }) => [[node], reason])),
      );

      // It decides by what it sees at this moment, and the last node may just be giving its place back.
      let items: States['items'] = [];
      await until(
        'the plugin to say so too',
        async () => {
          ({ items } = await plugin.json<States>(['status', 'plan']));
          return items.some(({ reason }) => reason === 'EvictionBlocked');
        },
        { instead: () => items },
      );
      expect(items.map(({ node, phase, reason }) => [node, phase, reason])).toEqual([
        ['plan-1', 'UpToDate', ''],
        ['plan-2', 'Waiting', 'Held'],
        ['plan-3', 'UpToDate', ''],
        ['plan-4', 'Prepared', 'EvictionBlocked'],
        ['plan-5', 'UpToDate', ''],
      ]);
      expect(items.every(({ since }) => since !== undefined)).toBe(true);
      const explained = await plugin.kubeos('explain', 'plan-4');
      expect(explained.stdout).toMatch(/Reason: +EvictionBlocked\n/u);
      expect(explained.stdout).toMatch(/What ends it: +Bring the workload/u);
      expect(explained.stdout).toMatch(/Runbook: +docs\/runbooks\/drain.md\n/u);
      expect(explained.stdout).toMatch(/default\/plan-db +default\/plan-db +PodDisruptionBudget/u);
      const left = await plugin.json<Forecast>(['plan', 'plan']);
      expect(left).toMatchObject({ nodes: [], blocked: planned.blocked });
      expect(left.asWanted).toEqual(planned.nodes.map(({ node }) => node));
    },
    600_000,
  );

  it.concurrent(
    'plans the batches of a serial rollout, and plays it to its end',
    async () => {
      await scene.addNodes('row', 3, { image: v1 });
      const spec = { ...scene.upgradeTo(v2), executionmode: 'serial', maxunavailable: 2 };
      const path = join(scene.plane.folder, 'row.json');
      await writeFile(path, manifest('row', spec));
      const planned = await plugin.json<Forecast>(['plan', '-f', path]);
      const played = await plugin.kubeos(
        'plan',
        '-f',
        path,
        '--simulate',
        '--assume',
        'download=300',
      );
      expect(played.stderr).toBe('');
      expect(played.stdout).toMatch(/Outcome: +completed: AllNodesUpdated\n/u);
      expect(played.stdout).toMatch(/At once: +1 out of service/u);

      const admitted = followAdmissions('row');
      await scene.createOs('row', spec);
      await scene.untilUpdated('row');
      // Two prepare at the same time, and whoever is ready first goes first.
      const batches = (names: readonly string[]) => [new Set(names.slice(0, 2)), names.slice(2)];
      expect(batches(admitted)).toEqual(batches(planned.nodes.map(({ node }) => node)));
    },
    600_000,
  );

  it.concurrent(
    'pauses, resumes, holds, tells what happened, and rolls back what can be rolled back',
    async () => {
      const nodes = await scene.addNodes('people', 2, { image: v1 });
      await scene.createOs('people', { ...scene.upgradeTo(v2), paused: true });
      await scene.untilOs('people', 'the pause', (status) => conditionOf(status, 'Ready'));

      const waiting = await plugin.kubeos('status', 'people');
      expect(waiting.stdout).toMatch(/^NODE +VERSION +WANTED +PHASE +PROGRESS +SINCE +WHY\n/u);
      expect(waiting.stdout).toMatch(
        /people-1 +KubeOS 1.0.0 +KubeOS 2.0.0 +Waiting +- +\d+s +Paused: /u,
      );
      const explained = await plugin.kubeos('explain', 'os/people');
      expect(explained.stdout).toMatch(/What ends it: +Go on with kubectl kubeos resume OS\./u);
      const differs = await plugin.kubeos('diff', 'people');
      expect(differs).toMatchObject({ status: 1, stderr: expect.not.stringContaining('Error') });
      expect(differs.stdout).toContain(
        '2 node(s): people-1, people-2\n  version: KubeOS 1.0.0 -> KubeOS 2.0.0\n',
      );

      const refused = await plugin.kubeos('rollback', 'people');
      expect(refused).toMatchObject({ stdout: '', status: 65 });
      expect(refused.stderr).toContain('No node of OS default/people has another version');
      expect((await plugin.kubeos('pause', 'people')).stdout).toBe('os/people is paused already\n');
      const held = await plugin.kubeos('hold', 'people-2', '--reason', 'new disk');
      expect(held.stdout).toMatch(
        /^node\/people-2 held\n {2}metadata.annotations.*: - -> new disk\n$/u,
      );
      const other = await plugin.kubeos('hold', 'people-2', '--reason', 'mine');
      expect(other).toMatchObject({ stdout: '', status: 75 });
      expect(other.stderr).toContain('is held already, for "new disk"; --overwrite');
      const dry = await plugin.kubeos('resume', 'people', '--dry-run=server');
      expect(dry.stdout).toBe('os/people resumed (server dry run)\n  spec.paused: true -> false\n');
      expect(scene.os('people')?.spec?.paused).toBe(true);

      const end = new AbortController();
      const watched = plugin.kubectl(['kubeos', 'status', 'people', '--watch'], {
        signal: end.signal,
      });
      expect((await plugin.kubeos('resume', 'people')).stdout).toContain('os/people resumed\n');
      await scene.untilOs('people', 'the first', ({ updated }) => updated === 1);
      expect((await plugin.kubeos('unhold', 'people-2')).stdout).toContain('new disk -> -\n');
      await scene.untilUpdated('people');
      const { items } = await plugin.json<States>(['status', 'people']);
      expect(items.map(({ phase }) => phase)).toEqual(['UpToDate', 'UpToDate']);
      await until(
        'the watch to see it',
        async () => (await plugin.kubeos('diff', 'people')).status === 0,
      );
      end.abort();
      const { stdout } = await watched;
      expect(stdout).toMatch(/^people-1 .* Waiting .*\npeople-2 .* Waiting /u);
      expect(stdout).toMatch(/^people-1 .* Drain /mu);
      expect(stdout).not.toContain('\u001b');

      const back = await plugin.kubeos('rollback', 'people');
      expect(back.stdout).toContain('os/people rolls back to KubeOS 1.0.0\n');
      expect(back.stdout).toContain('  spec.opstype: upgrade -> rollback\n');
      expect(back.stdout).toContain('  nodes that go back: people-1, people-2\n');
      await scene.untilOs('people', 'the way back to begin', ({ updated }) => updated === 0);
      await scene.untilUpdated('people');
      expect(nodes.map(({ running }) => running?.image)).toEqual([v1, v1]);

      const told = await plugin.kubeos('history', 'os/people');
      expect(told.stderr).toContain('Events are kept for an hour');
      for (const reason of ['Admitted', 'Confirmed', 'AllNodesUpdated']) {
        expect(told.stdout).toContain(` ${reason} `);
      }
      const written = await scene.kubectl(
        'get',
        'os',
        'people',
        '--show-managed-fields',
        '-o',
        'json',
      );
      expect(written).toContain('"manager": "kubectl-kubeos"');
    },
    600_000,
  );

  it.concurrent(
    'explains a failure, and asks for one more attempt with the value that the operator takes',
    async () => {
      const image = fastImage('KubeOS 2.0.0', { build: 7 });
      await scene.addNodes('again', 1, { image: v1 });
      const upgrade = scene.upgradeTo(image);
      scene.images.offer(image.digest, fastImage('KubeOS 2.0.0', { build: 8 }));
      const early = await plugin.kubeos('retry', 'again-1');
      expect(early).toMatchObject({ stdout: '' });
      expect(early.stderr).toContain('No retry: no OS selects again-1');
      await scene.createOs('again', upgrade);
      await scene.untilStopped('again');

      const explained = await plugin.kubeos('explain', 'again-1');
      expect(explained.stdout).toMatch(/Phase: +Failed\n/u);
      expect(explained.stdout).toMatch(/Reason: +DigestMismatch\n/u);
      expect(explained.stdout).toMatch(/Last failure: +DIGEST_MISMATCH: /u);
      expect(explained.stdout).toMatch(/Runbook: +docs\/runbooks\/payload.md\n/u);
      const once = await plugin.kubeos('retry', 'again-1');
      expect(once.stdout).toContain(`-> ${image.digest}\n`);
      await until(
        'the second failure',
        () => scene.instance('again-1')?.spec.history?.entries[0]?.attempts === 2,
      );
      await scene.untilStopped('again');
      scene.images.offer(image.digest, image);
      const twice = await plugin.kubeos('retry', 'again-1');
      expect(twice.stdout).toContain(`${image.digest} -> ${image.digest}#2\n`);
      await scene.untilUpdated('again');
      const told = await plugin.kubeos('history', 'again-1', '-o', 'wide');
      expect(told.stdout).toMatch(/node\/again-1 +Warning +DigestMismatch +/u);
    },
    600_000,
  );

  it.concurrent('completes commands, options and names in kubectl itself', async () => {
    await scene.addNodes('words', 1, { image: v1 });
    const complete = async (...words: readonly string[]): Promise<string> =>
      (await plugin.kubectl(['__complete', 'kubeos', ...words])).stdout;
    expect(await complete('ex')).toMatch(/^explain\t.*\n:4\n/u);
    expect(await complete('explain', 'words-')).toMatch(/^words-1\n:4\n/u);
    expect(await complete('status', '--out')).toMatch(/^--output\t.*\n:4\n/u);
    expect(await complete('status', '-o', 'j')).toMatch(/^json\n:4\n/u);
    expect(await complete('plan', '-f', '')).toMatch(/^:0\n/u);
  });

  describe('says in one line what is wrong, and nothing on standard output', () => {
    it.concurrent.each([
      [['explain', 'nobody'], 66, 'There is no Node nobody and OS default/nobody'],
      [['status', 'nobody', '-n', 'other'], 66, 'There is no OS other/nobody'],
      [['pause', 'nobody'], 66, 'os/nobody'],
      [['plan', '-f', '/nowhere.yaml'], 64, 'Cannot read /nowhere.yaml'],
      [['status', '--context', 'nowhere'], 64, 'has no context "nowhere"'],
      [['fly'], 64, 'there is no command "fly"'],
    ])('%j', async (args, status, message) => {
      const said = await plugin.kubeos(...args);
      expect(said).toMatchObject({ status, stdout: '' });
      expect(said.stderr).toContain(message);
      // kubectl adds a line of its own where a plugin fails.
      expect(said.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    });

    it.concurrent('of an object that the API server would refuse', async () => {
      const input = manifest('wrong', { opstype: 'upgrade', osversion: 'x', maxunavailable: 1 });
      const said = await plugin.kubectl(['kubeos', 'plan', '-f', '-'], { input });
      expect(said).toMatchObject({ stdout: '' });
      expect(said.stderr).toContain('an upgrade needs imagetype');
    });

    it.concurrent(
      'of an API server that gives no answer, within the time that it has',
      async () => {
        const silent = createServer(() => undefined);
        await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()));
        const address = silent.address();
        const port = typeof address === 'object' && address !== null ? address.port : 0;
        const config = join(scene.plane.folder, 'silent.kubeconfig');
        const view = await scene.kubectl('config', 'view', '--raw', '-o', 'json');
        await writeFile(
          config,
          view.replaceAll(scene.plane.server, `https://127.0.0.1:${String(port)}`),
        );
        const said = await plugin.kubeos(
          'status',
          '--kubeconfig',
          config,
          '--request-timeout',
          '1',
        );
        silent.close();
        expect(said).toMatchObject({ stdout: '', status: 75 });
        expect(said.stderr).toContain('is the API server of this context up');
      },
    );
  });
});
