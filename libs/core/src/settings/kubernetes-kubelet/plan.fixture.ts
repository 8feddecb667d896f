/** Plans that the tests expect to be possible. */
import type { FilePlan, Setting, SettingPlan } from '../setting.ts';
import { planKubelet } from './index.ts';

/** A plan for a file that can be read. */
export type PlannedFile = Extract<FilePlan, { readonly kind: 'planned' }>;

/** Plans; throws where the file cannot be read. */
export function planFile(text: string | undefined, settings: readonly Setting[]): PlannedFile {
  const plan = planKubelet(text, settings);
  if (plan.kind !== 'planned') throw new Error(`${plan.message}: ${text ?? ''}`);
  return plan;
}

/** What becomes of the settings. */
export function planOf(
  text: string | undefined,
  ...settings: readonly Setting[]
): readonly SettingPlan[] {
  return planFile(text, settings).settings;
}

/** The new text. */
export function textOf(
  text: string | undefined,
  ...settings: readonly Setting[]
): string | undefined {
  return planFile(text, settings).text;
}

/** The new text; throws where a setting is refused. */
export function textAfter(text: string, ...settings: readonly Setting[]): string | undefined {
  const plan = planFile(text, settings);
  for (const { reason } of plan.settings) if (reason !== undefined) throw new Error(reason);
  return plan.text;
}

/** What a new file begins with. */
export const head = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';

/** As kubeadm writes it, with what a person would add. */
export const config = `# Made by kubeadm
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false # nobody
  webhook:
clusterDNS:
- 10.0.0.9
evictionHard: {memory.available: 200Mi}
failSwapOn: yes
maxPods: 110
memorySwap: {}
oldField:
  maxPods: 5
registerWithTaints:
- key: a
  effect: NoSchedule
resolvConf: null
tlsCipherSuites: []
`;
