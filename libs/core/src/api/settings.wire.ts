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

/** One entry of `configs`. */
export const modelSettingsWire = z.object({
  model: optional(
    z.string(),
    'Which kind of settings: `kernel.sysctl`, `kernel.sysctl.persist`, `grub.cmdline.current`, `grub.cmdline.next`, `kubernetes.kubelet`, `container.containerd` or `pam.limits`.',
  ),
  configpath: optional(
    z.string(),
    'File on the node, for the models that have one; each has a default.',
  ),
  contents: optional(z.array(settingWire), 'The settings of this model.'),
  restart: optional(
    z.boolean(),
    'Restart kubelet or containerd when their file has changed; they are then on trial until the node is Ready. Default false.',
  ),
  reboot: optional(
    z.enum(['never', 'ifNeeded']),
    '`ifNeeded`: reboot, as a trial, when the settings only count after one. Default `never`.',
  ),
});

/** `sysconfigs` and `upgradeconfigs`: carried as they are; only `settings/` looks inside. */
export const settingsSetWire: z.ZodMiniType<SettingsSet> = z.object({
  version: optional(
    z.string(),
    'Name of this set. Only a new name makes nodes apply it; a missing one is the empty name.',
  ),
  drift: optional(
    z.enum(['report', 'heal']),
    'What the node does when it finds another value: `report` tells, `heal` puts it back. Default `report`.',
  ),
  configs: optional(z.array(modelSettingsWire), 'Settings by model, applied in this order.'),
});
