/** The models of settings: where each keeps its settings, and what it takes until they count. */

/** The programs that may be restarted for their settings. */
export type SettingsUnit = 'containerd.service' | 'kubelet.service';

/** When a change of a model's settings counts. */
export type SettingsEffect =
  /** At once. */
  | 'live'
  /** With the next login. */
  | 'login'
  /** Once the program was restarted. */
  | 'restart'
  /** With the next boot. */
  | 'boot';

/** Where a model keeps its settings. */
export type SettingsPlace =
  /** In the running kernel. */
  | { readonly kind: 'kernel' }
  /** In the boot menu, `grub.cfg` in the boot folder. */
  | { readonly kind: 'bootMenu' }
  /** In a file of the node: by default this one; a `configpath` may name another in one of these folders. */
  | { readonly kind: 'file'; readonly path: string; readonly folders: readonly string[] };

/** What is particular to a model. */
export interface ModelTraits {
  readonly place: SettingsPlace;
  readonly effect: SettingsEffect;
  /** What `restart: true` restarts; absent where there is nothing to restart. */
  readonly unit?: SettingsUnit;
  /** Ending that a file of the model must have; absent where any will do. */
  readonly ending?: string;
}

/** All models. Paths are those of upstream; a node's configuration can name other folders. */
export const modelTraits = {
  'kernel.sysctl': { place: { kind: 'kernel' }, effect: 'live' },
  'kernel.sysctl.persist': {
    // `/etc` itself, since upstream's examples keep their parameters in files there.
    place: { kind: 'file', path: '/etc/sysctl.conf', folders: ['/etc', '/etc/sysctl.d'] },
    effect: 'boot',
    ending: '.conf',
  },
  'grub.cmdline.current': { place: { kind: 'bootMenu' }, effect: 'boot' },
  'grub.cmdline.next': { place: { kind: 'bootMenu' }, effect: 'boot' },
  'kubernetes.kubelet': {
    place: {
      kind: 'file',
      path: '/var/lib/kubelet/config.yaml',
      folders: ['/var/lib/kubelet', '/etc/kubernetes'],
    },
    effect: 'restart',
    unit: 'kubelet.service',
  },
  'container.containerd': {
    place: { kind: 'file', path: '/etc/containerd/config.toml', folders: ['/etc/containerd'] },
    effect: 'restart',
    unit: 'containerd.service',
    ending: '.toml',
  },
  'pam.limits': {
    place: {
      kind: 'file',
      path: '/etc/security/limits.conf',
      folders: ['/etc/security', '/etc/security/limits.d'],
    },
    effect: 'login',
    ending: '.conf',
  },
} as const satisfies Readonly<Record<string, ModelTraits>>;

/** Name of a model. */
export type ModelName = keyof typeof modelTraits;

/** Upstream's guide writes the name of this model so. */
const aliases: Readonly<Record<string, ModelName>> = { 'kuberntes.kubelet': 'kubernetes.kubelet' };

/** The model of this name or of an alias of it; `undefined` when there is none. */
export function modelNamed(name: string): ModelName | undefined {
  if (Object.hasOwn(aliases, name)) return aliases[name];
  return isModelName(name) ? name : undefined;
}

/** The traits of a model, in the terms that all of them share. */
export function traitsOf(model: ModelName): ModelTraits {
  return modelTraits[model];
}

function isModelName(name: string): name is ModelName {
  return Object.hasOwn(modelTraits, name);
}
