/** What the agent keeps of the node's settings in a file of its own on PERSIST, and how its text is read. */
import * as z from 'zod/mini';
import type { SlotName } from '../../api/operation.ts';
import type { SettingsUnit } from '../../settings/models.ts';
import type { ModelRequest } from '../../settings/request.ts';

/** A file with what is to be in it. */
export interface FileText {
  readonly path: string;
  /** Absent: there is to be no such file. */
  readonly text?: string;
}

/** A change of files that was decided: from here on it is carried through, whatever happens in between. */
export interface SettingsChange {
  /** The operation it belongs to. */
  readonly seq: number;
  /** Boot in which it was begun: programs started after that know the files already. */
  readonly bootId: string;
  readonly files: readonly FileText[];
  /** Programs to restart once the files are in place. */
  readonly restarts: readonly SettingsUnit[];
}

/** The settings to go back to, for as long as a trial lasts. */
export interface SettingsUndo {
  readonly seq: number;
  readonly bootId: string;
  /** The slot on trial; absent when the settings alone are. */
  readonly slot?: SlotName;
  /** The files as they were before the trial. */
  readonly files: readonly FileText[];
  /** Programs that were restarted for the new settings. */
  readonly restarts: readonly SettingsUnit[];
  readonly wanted: WantedSettings;
  /** Uptime at which settings on trial go back; absent for a slot on trial, which has its own deadline. */
  readonly deadlineUptimeSeconds?: number;
}

/** A set that was applied, for the comparison with what is there. */
export interface AppliedSet {
  readonly version: string;
  readonly models: readonly ModelRequest[];
}

/** The sets that hold: `upgradeconfigs` and `sysconfigs`. */
export interface WantedSettings {
  readonly before?: AppliedSet;
  readonly after?: AppliedSet;
}

/** Everything that is kept. */
export interface SettingsState {
  readonly wanted: WantedSettings;
  readonly change?: SettingsChange;
  readonly undo?: SettingsUndo;
  /** Boot in which something was changed that counts with the next one. */
  readonly rebootPendingIn?: string;
}

/** Raised when an older agent could misread what a newer one wrote. */
const schema = 1;

const unit = z.enum(['containerd.service', 'kubelet.service']);
const FileText = z.object({ path: z.string(), text: z.exactOptional(z.string()) });
const Applied = z.object({
  version: z.string(),
  models: z.array(z.custom<ModelRequest>(isObject)),
});
const Wanted = z.object({ before: z.exactOptional(Applied), after: z.exactOptional(Applied) });
const State = z.object({
  schema: z.literal(schema),
  node: z.string(),
  wanted: Wanted,
  change: z.exactOptional(
    z.object({
      seq: z.int(),
      bootId: z.string(),
      files: z.array(FileText),
      restarts: z.array(unit),
    }),
  ),
  undo: z.exactOptional(
    z.object({
      seq: z.int(),
      bootId: z.string(),
      slot: z.exactOptional(z.enum(['A', 'B'])),
      files: z.array(FileText),
      restarts: z.array(unit),
      wanted: Wanted,
      deadlineUptimeSeconds: z.exactOptional(z.number()),
    }),
  ),
  rebootPendingIn: z.exactOptional(z.string()),
});

/** What is kept of a node that never had settings. */
export const noSettings: SettingsState = { wanted: {} };

/**
 * Reads the text of the file. What cannot be read, or belongs to another node, counts as nothing: then no change is
 * carried on and nothing is taken back, since nobody knows what it would be.
 */
export function parseSettingsState(text: string | undefined, machineId: string): SettingsState {
  if (text === undefined) return noSettings;
  const parsed = State.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.node !== machineId) return noSettings;
  const { schema: _, node: __, ...state } = parsed.data;
  return state;
}

/** The text of the file. */
export function renderSettingsState(state: SettingsState, machineId: string): string {
  return `${JSON.stringify({ schema, node: machineId, ...state })}\n`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
