/** Plays the kubelet for the Job that the chart runs before an uninstall; the program is the real bundle. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { operatorAccount, type PodRef } from '@kubeos/chart';
import { Component } from '@kubeos/control-plane';
import type { Scene } from './scene.fixture.ts';
import { until } from './until.fixture.ts';

const bundle = resolve(import.meta.dirname, '../../../apps/operator/dist/operator.cjs');
const { namespace } = operatorAccount;

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

interface Pod {
  readonly metadata: PodRef & { readonly namespace: string };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly [
      { readonly args: readonly string[]; readonly env: readonly Variable[] },
    ];
  };
}

/** How the program of the Job ended. */
export interface RetireRun {
  readonly exitCode: number | null;
  /** All that it wrote. */
  readonly log: string;
}

/** Waits for the pod, runs its program as its container would, and says how it ended. */
export async function playRetireJob(scene: Scene): Promise<RetireRun> {
  let pod: Pod | undefined;
  await until('the pod of the Job', async () => {
    const query = ['get', 'pods', '-n', namespace, '-l', 'app.kubernetes.io/name=os-retire'];
    const list = await scene.kubectl(...query, '-o', 'json');
    [pod] = (JSON.parse(list) as { readonly items: readonly Pod[] }).items;
    return pod !== undefined;
  });
  if (pod === undefined) throw new Error('No pod');
  const { metadata, spec } = pod;
  const [container] = spec.containers;
  const { folder } = scene.plane;
  const program = await Component.start({
    name: metadata.name,
    command: process.execPath,
    args: [bundle, ...container.args, `--kubeconfig=${await scene.loginOf(metadata)}`],
    folder,
    env: environmentOf(pod),
    onUnexpectedExit: () => undefined,
  });
  const exitCode = await program.exited;
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
  const what = ['patch', 'pod', metadata.name, '-n', namespace, '--subresource=status'];
  await scene.kubectl(...what, '--type=merge', `-p=${JSON.stringify({ status: { phase } })}`);
  return { exitCode, log: await readFile(join(folder, `${metadata.name}.log`), 'utf8') };
}

/** As the kubelet does: from the pod's own fields where the variable says so. */
function environmentOf({ metadata, spec }: Pod): Readonly<Record<string, string>> {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
  };
  return Object.fromEntries(
    spec.containers[0].env.map(({ name, value, valueFrom }) => [
      name,
      value ?? fields[valueFrom?.fieldRef.fieldPath ?? ''] ?? '',
    ]),
  );
}
