import * as z from 'zod/mini';
import type { SettingsSet } from './os-instance.ts';
import { optional } from './wire.ts';

const settingWire = z.object({
  key: optional(z.string(), 'Name of the setting in the terms of its model.'),
  value: optional(z.unknown(), 'Any JSON value; what it may be depends on the model.', {
    nullable: true,
    'x-kubernetes-preserve-unknown-fields': true,
  }),
  operation: optional(z.string(), '`delete` removes the setting; empty sets it.'),
});

const modelWire = z.object({
  model: optional(
    z.string(),
    'Which kind of settings: `kernel.sysctl`, `kernel.sysctl.persist`, `grub.cmdline.current`, `grub.cmdline.next`, `kubernetes.kubelet`, `container.containerd` or `pam.limits`.',
  ),
  configpath: optional(
    z.string(),
    'File on the node, for the models that have one; each has a default.',
  ),
  contents: optional(z.array(settingWire), 'The settings of this model.'),
});

/** `sysconfigs` and `upgradeconfigs`: carried as they are; only `settings/` looks inside. */
export const settingsSetWire: z.ZodMiniType<SettingsSet> = z.object({
  version: optional(
    z.string(),
    'Name of this set. Only a new name makes nodes apply it; a missing one is the empty name.',
  ),
  configs: optional(z.array(modelWire), 'Settings by model, applied in this order.'),
});
