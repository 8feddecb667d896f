/** What a set of settings asks of a node, read once from the words of the `OS`. */
import * as z from 'zod/mini';
import type { SettingsSet } from '../api/os-instance.ts';
import type { SpecProblem } from '../api/os.ts';
import { modelNamed, traitsOf, type ModelName } from './models.ts';
import type { Setting } from './setting.ts';

/** One entry of a set: settings of one model. */
export interface ModelRequest {
  readonly model: ModelName;
  /** File that the entry names; absent: the model's own. */
  readonly path?: string;
  readonly settings: readonly Setting[];
  /** Restart the model's program when its file has changed. */
  readonly restart: boolean;
  /** Reboot, as a trial, when the settings only count after one. */
  readonly reboot: boolean;
}

/** A set of settings. */
export interface SettingsRequest {
  /** Name of the set; the empty text when it has none. */
  readonly version: string;
  /** In the order in which they are applied; entries without settings are left out. */
  readonly models: readonly ModelRequest[];
}

/** A set, or why it cannot be read. */
export interface ReadSettings {
  /** Absent when there are problems. */
  readonly request?: SettingsRequest;
  readonly problems: readonly SpecProblem[];
  /** What was accepted but should be mended. */
  readonly warnings: readonly SpecProblem[];
}

const Entry = z.object({
  model: z._default(z.string(), ''),
  configpath: z._default(z.string(), ''),
  contents: z._default(
    z.array(
      z.object({
        key: z._default(z.string(), ''),
        value: z.optional(z.unknown()),
        operation: z._default(z.string(), ''),
      }),
    ),
    [],
  ),
  restart: z._default(z.boolean(), false),
  reboot: z._default(z.enum(['never', 'ifNeeded']), 'never'),
});
type Entry = z.output<typeof Entry>;

/** Reads a set of settings; `path` is where it stands in its object, for the problems. Never throws. */
export function readSettings(set: SettingsSet, path: string): ReadSettings {
  const problems: SpecProblem[] = [];
  const warnings: SpecProblem[] = [];
  const models = (set.configs ?? []).flatMap((config, index) => {
    const at = `${path}.configs[${String(index)}]`;
    const parsed = Entry.safeParse(config);
    if (!parsed.success) {
      problems.push({ path: at, message: 'is not an entry of settings' });
      return [];
    }
    const read = readEntry(parsed.data, at);
    problems.push(...read.problems);
    warnings.push(...read.warnings);
    return read.request === undefined ? [] : [read.request];
  });
  if (problems.length > 0) return { problems, warnings };
  return { request: { version: set.version ?? '', models }, problems, warnings };
}

interface ReadEntry {
  readonly request?: ModelRequest;
  readonly problems: readonly SpecProblem[];
  readonly warnings: readonly SpecProblem[];
}

function readEntry(entry: Entry, at: string): ReadEntry {
  // Upstream sends no entry on that has no settings, whatever its model is.
  if (entry.contents.length === 0) return { problems: [], warnings: [] };
  const model = modelNamed(entry.model);
  if (model === undefined) {
    const message = `there is no model "${entry.model}"`;
    return { problems: [{ path: `${at}.model`, message }], warnings: [] };
  }
  const { place, unit } = traitsOf(model);
  const request: ModelRequest = {
    model,
    ...(place.kind === 'file' && entry.configpath !== '' ? { path: entry.configpath } : {}),
    settings: entry.contents,
    restart: unit !== undefined && entry.restart,
    reboot: model === 'grub.cmdline.current' && entry.reboot === 'ifNeeded',
  };
  return { request, problems: [], warnings: warningsOf(entry, request, at) };
}

/** What the entry says and nobody goes by. */
function warningsOf(entry: Entry, request: ModelRequest, at: string): readonly SpecProblem[] {
  const { model, path = '', restart, reboot } = request;
  const unused = (isSo: boolean, member: string, why: string): readonly SpecProblem[] =>
    isSo ? [{ path: `${at}.${member}`, message: `is not used: ${why}` }] : [];
  return [
    ...(model === entry.model
      ? []
      : [{ path: `${at}.model`, message: `"${entry.model}" is read as "${model}"` }]),
    ...unused(path !== entry.configpath, 'configpath', `${model} has no file of its own`),
    ...unused(entry.restart && !restart, 'restart', `${model} needs no restart`),
    ...unused(
      entry.reboot === 'ifNeeded' && !reboot,
      'reboot',
      'only grub.cmdline.current is tried with a reboot',
    ),
  ];
}

/**
 * The set as it is after the switch to the other slot: what was the next kernel command line is the current one then, and
 * the other way round. Sets that are applied before the switch, or without one, stay as they are.
 */
export function swapSlots(set: SettingsSet): SettingsSet {
  if (set.configs === undefined) return set;
  return {
    ...set,
    configs: set.configs.map((config) => {
      const model = swapped.get(config['model']);
      return model === undefined ? config : { ...config, model };
    }),
  };
}

const swapped = new Map<unknown, ModelName>([
  ['grub.cmdline.current', 'grub.cmdline.next'],
  ['grub.cmdline.next', 'grub.cmdline.current'],
]);
