import { createHash } from 'node:crypto';

import { KubeosError } from '@kubeos/core';

/** The programs of a control plane that come out of Go modules. */
export type BinaryName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubectl'
  | 'kubelet'
  | 'kwok'
  | 'helm';

/** One folder with a `go.mod` and the programs that are built in it. */
export interface ModuleSet {
  /** Name of the folder under `modules/`. */
  readonly name: string;
  /** Go package of each program. */
  readonly packages: Readonly<Partial<Record<BinaryName, string>>>;
  /** Go variables that the linker sets, given the version of each module that the set requires. */
  readonly variables: (versionOf: (module: string) => string) => Readonly<Record<string, string>>;
}

const kubernetesVersion = 'k8s.io/component-base/version';

/** Every module set; a program belongs to exactly one of them. */
export const moduleSets: readonly ModuleSet[] = [
  {
    name: 'etcd',
    packages: { etcd: 'go.etcd.io/etcd/server/v3' },
    variables: () => ({}),
  },
  {
    name: 'kubernetes',
    packages: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
    },
    // Without them the server reports v0.0.0-master, and clients that check its version give up.
    variables: (versionOf) => {
      const version = versionOf('k8s.io/kubernetes');
      const [major = '', minor = ''] = version.replace(/^v/, '').split('.');
      return {
        [`${kubernetesVersion}.gitVersion`]: version,
        [`${kubernetesVersion}.gitMajor`]: major,
        [`${kubernetesVersion}.gitMinor`]: minor,
      };
    },
  },
  {
    name: 'kwok',
    packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    variables: () => ({}),
  },
  {
    name: 'helm',
    packages: { helm: 'helm.sh/helm/v3/cmd/helm' },
    // Without them helm takes every cluster that it does not ask for Kubernetes 1.20. Its client is v0.36 for 1.36.
    variables: (versionOf) => {
      const [, minor = ''] = versionOf('k8s.io/client-go').split('.');
      return {
        'helm.sh/helm/v3/internal/version.version': versionOf('helm.sh/helm/v3'),
        ...Object.fromEntries(
          ['pkg/chartutil', 'pkg/lint/rules'].flatMap((name) => [
            [`helm.sh/helm/v3/${name}.k8sVersionMajor`, '1'],
            [`helm.sh/helm/v3/${name}.k8sVersionMinor`, minor],
          ]),
        ),
      };
    },
  },
];

/** True when the text names a program that a module set builds. */
export function isBinaryName(text: string): text is BinaryName {
  return moduleSets.some((set) => Object.hasOwn(set.packages, text));
}

/** The version that a `go.mod` requires of a module; throws `INVALID_CONFIGURATION` when it requires none. */
export function requiredVersion(goMod: string, module: string): string {
  for (const line of goMod.split('\n')) {
    const [name, version] = line
      .replace(/^require\s+/, '')
      .trim()
      .split(/\s+/);
    if (name === module && version?.startsWith('v') === true) return version;
  }
  throw new KubeosError('INVALID_CONFIGURATION', `The go.mod does not require ${module}`);
}

/** Arguments of `go build` that decide what comes out, without output and packages. */
export function buildFlags(set: ModuleSet, goMod: string): readonly string[] {
  const variables = Object.entries(set.variables((module) => requiredVersion(goMod, module)));
  const settings = variables.map(([name, value]) => ` -X ${name}=${value}`).join('');
  return ['-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', `-s -w${settings}`];
}

/** Everything that decides what a build of a module set gives. */
export interface BuildInputs {
  readonly set: string;
  readonly goMod: string;
  readonly goSum: string;
  readonly goVersion: string;
  readonly flags: readonly string[];
  readonly architecture: string;
}

/** The name of the cache folder for these inputs: same inputs, same name; any change gives another. */
export function cacheKey(inputs: BuildInputs): string {
  const { set, goMod, goSum, goVersion, flags, architecture } = inputs;
  const text = JSON.stringify([goMod, goSum, goVersion, flags, architecture]);
  return `${set}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
