/** What the agent keeps of the node's settings in a file of its own on PERSIST, and how its text is read. */
import * as z from 'zod/mini';
import type { SettingNotes } from '../../api/agent-status.ts';
import type { SlotName } from '../../api/operation.ts';
import type { SettingsSet } from '../../api/os-instance.ts';
import type { SettingsPhase, SettingsReport } from '../../ports/proxy.ts';
import type { FileWrite } from '../../ports/settings.ts';
import type { SettingsUnit } from '../../settings/models.ts';
import { parseJson } from '../record.ts';

/** A kernel parameter with the value that it is to have. */
export interface KernelValue {
  /** Below `/proc/sys`. */
  readonly path: string;
  readonly value: string;
}

/** A change of files that was decided: from here on it is carried through, whatever happens in between. */
export interface SettingsChange {
  /** The operation it belongs to. */
  readonly seq: number;
  /** Boot whose kernel and programs have to follow; another one has begun with what the files held then. */
  readonly bootId: string;
  readonly files: readonly FileWrite[];
  /** Parameters and programs of that boot that follow once the files are in place. */
  readonly kernel: readonly KernelValue[];
  readonly restarts: readonly SettingsUnit[];
}

/** In which of the two places of an operation a set is applied: `upgradeconfigs` or `sysconfigs`. */
export type AppliedPhase = 'Before' | 'After';

/** The settings to go back to, for as long as it is not decided whether the new ones stay. */
export interface SettingsUndo {
  readonly seq: number;
  readonly phase: SettingsPhase;
  readonly bootId: string;
  /** The slot that the settings are tried in; absent when the settings alone are. */
  readonly slot?: SlotName;
  /** Files and parameters as they were before. */
  readonly files: readonly FileWrite[];
  readonly kernel: readonly KernelValue[];
  /** Programs that were restarted for the new settings. */
  readonly restarts: readonly SettingsUnit[];
  readonly wanted: WantedSettings;
  readonly pending: PendingSettings;
  /** Uptime at which settings on trial go back; absent where something else ends them. */
  readonly deadlineUptimeSeconds?: number;
}

/** A set that was applied, for the comparison with what is there, and what became of it. */
export interface AppliedSet {
  readonly set: SettingsSet;
  readonly report: SettingsReport;
  /** The slot that ran then: which kernel line was the current one. */
  readonly slot: SlotName;
}

/** What has been changed and does not count yet. */
export interface PendingSettings {
  /** Boot in which something was changed that counts with the next one. */
  readonly rebootPendingIn?: string;
  /** Programs whose files have changed since they were started. */
  readonly restartsPending?: PendingRestarts;
}

/** Programs that run with files of before. */
export interface PendingRestarts {
  readonly bootId: string;
  readonly units: readonly SettingsUnit[];
  /** Uptime at which the last of the files was changed. */
  readonly uptimeSeconds: number;
}

/** The sets that hold: `upgradeconfigs` and `sysconfigs`. */
export interface WantedSettings {
  readonly before?: AppliedSet;
  readonly after?: AppliedSet;
}

/** Where the set of a phase is kept. */
export const placeOfPhase = {
  Before: 'before',
  After: 'after',
} as const satisfies Readonly<Record<AppliedPhase, keyof WantedSettings>>;

/** Everything that is kept. */
export interface SettingsState extends PendingSettings {
  readonly wanted: WantedSettings;
  readonly change?: SettingsChange;
  readonly undo?: SettingsUndo;
  /** What the last look found to be otherwise than the sets want it. */
  readonly drift?: SettingNotes;
  /** There was something that cannot be read; not kept itself. */
  readonly isLost?: true;
}

/** Raised when an older agent could misread what a newer one wrote. */
const schema = 1;

const units = z.array(z.enum(['containerd.service', 'kubelet.service']));
const text = z.exactOptional(z.string());
const files = z.array(z.object({ path: z.string(), text, before: text }));
const kernel = z.array(z.object({ path: z.string(), value: z.string() }));
const slot = z.enum(['A', 'B']);
const Applied = z.object({
  set: z.custom<SettingsSet>(isObject),
  report: z.custom<SettingsReport>(isObject),
  slot,
});
const pending = {
  rebootPendingIn: z.exactOptional(z.string()),
  restartsPending: z.exactOptional(
    z.object({ bootId: z.string(), units, uptimeSeconds: z.number() }),
  ),
};
const Wanted = z.object({ before: z.exactOptional(Applied), after: z.exactOptional(Applied) });
const State = z.object({
  schema: z.literal(schema),
  node: z.string(),
  wanted: Wanted,
  change: z.exactOptional(
    z.object({ seq: z.int(), bootId: z.string(), files, kernel, restarts: units }),
  ),
  undo: z.exactOptional(
    z.object({
      seq: z.int(),
      phase: z.enum(['Prepare', 'Before', 'After']),
      bootId: z.string(),
      slot: z.exactOptional(slot),
      files,
      kernel,
      restarts: units,
      wanted: Wanted,
      pending: z.object(pending),
      deadlineUptimeSeconds: z.exactOptional(z.number()),
    }),
  ),
  ...pending,
  drift: z.exactOptional(z.custom<SettingNotes>(isObject)),
});

/** What is kept of a node that never had settings. */
export const noSettings: SettingsState = { wanted: {} };
/** What is known where something was kept and cannot be read. */
export const lostSettings: SettingsState = { wanted: {}, isLost: true };

/**
 * Reads the text of the file. What cannot be read, or belongs to another node, counts as lost: then no change is carried on
 * and nothing is taken back, since nobody knows what it would be.
 */
export function parseSettingsState(text: string | undefined, machineId: string): SettingsState {
  if (text === undefined) return noSettings;
  const parsed = State.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.node !== machineId) return lostSettings;
  const { schema: _, node: __, ...state } = parsed.data;
  return state;
}

/** The text of the file. */
export function renderSettingsState(
  { isLost: _, ...state }: SettingsState,
  machineId: string,
): string {
  return `${JSON.stringify({ schema, node: machineId, ...state })}\n`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
