/** What a set of settings changes on a node: all models together, decided before anything is written. */
import type { SlotName } from '../api/operation.ts';
import { otherSlot } from '../api/operation.ts';
import { assertNever, KubeosError } from '../errors/index.ts';
import { planContainerd } from './container-containerd/index.ts';
import { planCopiedLine, planKernelLine } from './grub-cmdline/index.ts';
import { isSameValue, planSysctl, printedValue, sysctlPaths } from './kernel-sysctl/index.ts';
import { planSysctlFile } from './kernel-sysctl-persist/index.ts';
import { planKubelet } from './kubernetes-kubelet/index.ts';
import { fileOf, type SettingsFolders } from './locate.ts';
import { traitsOf, type ModelName, type SettingsUnit } from './models.ts';
import { planLimits } from './pam-limits/index.ts';
import type { ModelRequest, SettingsRequest } from './request.ts';
import type { FilePlan, Setting, SettingPlan } from './setting.ts';

/** What the settings of one entry come to. */
export interface ModelPlan {
  readonly model: ModelName;
  /** The file, where the model has one. */
  readonly path?: string;
  readonly settings: readonly SettingPlan[];
}

/** A file that gets another content. */
export interface FileChange {
  readonly path: string;
  /** Absent when there is no such file yet. */
  readonly before?: string;
  readonly after: string;
}

/** A kernel parameter that gets another value. */
export interface KernelChange {
  /** Below `/proc/sys`. */
  readonly path: string;
  readonly value: string;
  /** The value now; empty for a parameter that can only be written. */
  readonly before: string;
  /** The setting that asks for it: index of its entry in the plan, and of the setting there. */
  readonly askedBy: readonly [entry: number, setting: number];
}

/** What a set of settings comes to on a node. */
export interface SettingsPlan {
  /** One for each entry of the request, in its order. */
  readonly models: readonly ModelPlan[];
  /** Each file once. */
  readonly files: readonly FileChange[];
  readonly kernel: readonly KernelChange[];
  /** Programs to restart, because their file changes and the request asks for it. */
  readonly restarts: readonly SettingsUnit[];
  /** Programs whose file changes and that nobody asked to restart. */
  readonly pendingRestarts: readonly SettingsUnit[];
  /** True when a change counts with the next boot only. */
  readonly rebootPending: boolean;
  /** True when the request asks for the reboot that a change needs: it is then made for a copy of the running slot. */
  readonly reboot: boolean;
}

/** What has to be read before a set can be planned. */
export interface NeededReadings {
  /** Paths on the node. */
  readonly files: readonly string[];
  /** Paths below `/proc/sys`. */
  readonly kernel: readonly string[];
}

/** Where the node keeps what the models speak of. */
export interface SettingsHome {
  /** Path of `grub.cfg`. */
  readonly bootMenu: string;
  readonly bootedSlot: SlotName;
  /** The idle slot can take a copy of the running one, so that a new kernel line is tried there. */
  readonly canCopySlot: boolean;
  /** Folders that a `configpath` may name, where they are not those of the model. */
  readonly folders: SettingsFolders;
}

/** What was read of the node. */
export interface SettingsReadings {
  /** Text of a file; `undefined` when there is none. */
  file(path: string): string | undefined;
  /** Value of a kernel parameter; `undefined` when there is none. */
  kernel(path: string): string | undefined;
}

/** What is to be read for a request. Throws `SETTINGS_REFUSED` when an entry names a file that it may not. */
export function readingsFor(request: SettingsRequest, home: SettingsHome): NeededReadings {
  const files = new Set<string>();
  const kernel = new Set<string>();
  for (const entry of request.models) {
    const path = fileOf(entry, home);
    if (path === undefined) for (const one of sysctlPaths(entry.settings)) kernel.add(one);
    else files.add(path);
  }
  return { files: [...files], kernel: [...kernel] };
}

/**
 * Plans a request against what was read; later entries see what earlier ones change. Single settings that cannot be done
 * are `refused` in the plan; a file that cannot be edited safely fails the whole.
 *
 * @throws KubeosError `SETTINGS_REFUSED` for a file that an entry may not name, `SETTINGS_UNREADABLE` for one that cannot
 *   be edited.
 */
export function planSettings(
  request: SettingsRequest,
  home: SettingsHome,
  readings: SettingsReadings,
): SettingsPlan {
  const draft = new Draft(home, readings);
  const models = request.models.map((entry, index) => draft.take(entry, index));
  return { models, ...draft.changes() };
}

/**
 * True when the kernel holds what was written: some values are clipped or rounded in silence. One that can only be
 * written, whose reading is empty, counts as held.
 */
export function holdsValue({ value }: KernelChange, reading: string | undefined): boolean {
  const printed = printedValue(reading ?? '');
  return printed === '' || isSameValue(printed, value);
}

/** The node as it would be, entry by entry. */
class Draft {
  readonly #home: SettingsHome;
  readonly #readings: SettingsReadings;
  readonly #texts = new Map<string, string | undefined>();
  readonly #kernel = new Map<string, KernelChange>();
  readonly #restarts = new Map<SettingsUnit, boolean>();
  #rebootPending = false;
  #reboot = false;

  constructor(home: SettingsHome, readings: SettingsReadings) {
    this.#home = home;
    this.#readings = readings;
  }

  take(entry: ModelRequest, index: number): ModelPlan {
    const { model, settings } = entry;
    const path = fileOf(entry, this.#home);
    return path === undefined
      ? { model, settings: this.#takeKernel(settings, index) }
      : { model, path, settings: this.#takeFile(entry, path) };
  }

  changes(): Omit<SettingsPlan, 'models'> {
    const files: FileChange[] = [];
    for (const [path, after] of this.#texts) {
      const before = this.#readings.file(path);
      if (after === undefined || after === before) continue;
      files.push({ path, ...(before === undefined ? {} : { before }), after });
    }
    const restarts = [...this.#restarts];
    return {
      files,
      kernel: [...this.#kernel.values()],
      restarts: restarts.flatMap(([unit, isAsked]) => (isAsked ? [unit] : [])),
      pendingRestarts: restarts.flatMap(([unit, isAsked]) => (isAsked ? [] : [unit])),
      rebootPending: this.#rebootPending,
      reboot: this.#reboot,
    };
  }

  #takeKernel(settings: readonly Setting[], entry: number): readonly SettingPlan[] {
    const read = (path: string): string | undefined =>
      this.#kernel.get(path)?.value ?? this.#readings.kernel(path);
    return planSysctl(read, settings).map(({ path, write, ...plan }, setting) => {
      if (path !== undefined && write !== undefined) {
        const before = printedValue(this.#readings.kernel(path) ?? '');
        this.#kernel.set(path, { path, value: write, before, askedBy: [entry, setting] });
      }
      return plan;
    });
  }

  #takeFile(entry: ModelRequest, path: string): readonly SettingPlan[] {
    const before = this.#texts.has(path) ? this.#texts.get(path) : this.#readings.file(path);
    const { bootedSlot, canCopySlot } = this.#home;
    const isCopied = canCopySlot && entry.reboot;
    const plan = planFile(entry, before, bootedSlot, isCopied);
    if (plan.kind === 'unreadable') throw unreadable(entry.model, path, plan);
    this.#texts.set(path, plan.text);
    // Of a copy the menu may hold the line already; what counts is the running line.
    const isChanged = isCopied ? plan.settings.some(isChange) : plan.text !== before;
    if (isChanged) this.#noteEffect(entry, isCopied);
    return plan.settings;
  }

  #noteEffect({ model, restart }: ModelRequest, isCopied: boolean): void {
    const { effect, unit } = traitsOf(model);
    if (isCopied) {
      this.#reboot = true;
      return;
    }
    if (unit !== undefined) this.#restarts.set(unit, restart || this.#restarts.get(unit) === true);
    // What the other slot boots with counts when it boots anyway.
    if (effect === 'boot' && model !== 'grub.cmdline.next') this.#rebootPending = true;
  }
}

function isChange({ outcome }: SettingPlan): boolean {
  return outcome !== 'unchanged' && outcome !== 'refused';
}

function planFile(
  { model, settings }: ModelRequest,
  text: string | undefined,
  bootedSlot: SlotName,
  isCopied: boolean,
): FilePlan {
  switch (model) {
    case 'kernel.sysctl.persist':
      return planSysctlFile(text, settings);
    case 'grub.cmdline.current':
      return (isCopied ? planCopiedLine : planKernelLine)(text, bootedSlot, settings);
    case 'grub.cmdline.next':
      return planKernelLine(text, otherSlot(bootedSlot), settings);
    case 'kubernetes.kubelet':
      return planKubelet(text, settings);
    case 'container.containerd':
      return planContainerd(text, settings);
    case 'pam.limits':
      return planLimits(text, settings);
    case 'kernel.sysctl':
      return { kind: 'unreadable', message: 'Kernel parameters are in no file' };
    default:
      return assertNever(model);
  }
}

function unreadable(
  model: ModelName,
  path: string,
  { line, message }: Extract<FilePlan, { kind: 'unreadable' }>,
): KubeosError {
  const where = line === undefined ? path : `${path} line ${String(line)}`;
  return new KubeosError('SETTINGS_UNREADABLE', `${model}: ${where}: ${message}`, {
    details: { model, path, ...(line === undefined ? {} : { line }) },
  });
}
