/** Sets of settings for the node in memory. */
import type { SettingsSet } from '../api/os-instance.ts';
import { KubeosError } from '../errors/index.ts';
import type { ConfigureRequest } from './agent.ts';

/** File of the kubelet. */
export const kubelet = '/var/lib/kubelet/config.yaml';

/** One entry of a set. */
export type Entry = NonNullable<SettingsSet['configs']>[number];

/** An entry with these settings. */
export function entry(model: string, settings: Record<string, unknown>, more: Entry = {}): Entry {
  const contents = Object.entries(settings).map(([key, value]) => ({ key, value }));
  return { model, contents, ...more };
}

/** Changes the file of the kubelet, and restarts nothing. */
export const maxPods = entry('kubernetes.kubelet', { maxPods: 200 });
/** The same, with a restart. */
export const restarting = { ...maxPods, restart: true };
/** Changes the kernel. */
export const sysctl = entry('kernel.sysctl', { 'vm.swappiness': 10 });
/** Changes a file that no program reads. */
export const limits = entry('pam.limits', { alice: 'soft.nofile.4096' });

/** A Configure with these entries. */
export function request(
  configs: readonly Entry[],
  options: Partial<Omit<ConfigureRequest, 'settings'>> = {},
): ConfigureRequest {
  const { seq = 1 } = options;
  return {
    id: `os/node/${seq}`,
    seq,
    type: 'config',
    phase: 'After',
    settings: { version: 's1', configs },
    confirmTimeoutSeconds: 300,
    ...options,
  };
}

/** Code of a failure; `none` where there is none. */
export const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (thrown: unknown) => KubeosError.from(thrown).code,
  );
