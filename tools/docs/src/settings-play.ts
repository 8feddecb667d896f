/** What becomes of a request for settings, in the words of the documents. */
import { KubeosError, type SettingsSet, type SpecProblem } from '@kubeos/core';
import {
  planSettings,
  readingsFor,
  readSettings,
  type SettingsHome,
  type SettingsPlan,
} from '@kubeos/core/settings';

/** What comes out; each text is made of whole lines and empty where there is nothing to say. */
export interface Played {
  /** The file, or the parameters of the kernel; absent where there is none. */
  readonly after?: string;
  /** A line for each setting: its key, the outcome, and why it is refused. */
  readonly plan: string;
  readonly warnings: string;
  /** Why nothing of the request is done. */
  readonly error: string;
}

/** The node runs from slot A, and its configuration names no other folders. */
const home: SettingsHome = {
  bootMenu: '/boot/efi/EFI/openEuler/grub.cfg',
  bootedSlot: 'A',
  canCopySlot: true,
  folders: {},
};

/**
 * Plans a set against a text that stands for the one file that it speaks of, or, as lines `name = value`, for the running
 * kernel; without one there is no such file.
 */
export function play(set: SettingsSet, before: string | undefined): Played {
  const { request, problems, warnings } = readSettings(set, 'sysconfigs');
  const told = { warnings: linesOf(warnings.map(textOf)) };
  const nothingDone = { ...told, ...(before === undefined ? {} : { after: before }), plan: '' };
  if (request === undefined) return { ...nothingDone, error: linesOf(problems.map(textOf)) };
  const kernel = readKernel(before ?? '');
  try {
    const { files } = readingsFor(request, home);
    if (files.length > 1) throw new Error('An example speaks of one file');
    const plan = planSettings(request, home, {
      file: () => before,
      kernel: (path) => kernel.get(path),
    });
    const after = files.length === 0 ? kernelAfter(kernel, plan) : fileAfter(before, plan);
    return { ...told, ...(after === undefined ? {} : { after }), plan: planText(plan), error: '' };
  } catch (thrown) {
    const { code, message } = KubeosError.from(thrown);
    return { ...nothingDone, error: `${code}: ${message}\n` };
  }
}

function fileAfter(before: string | undefined, { files: [change] }: SettingsPlan) {
  return change?.after ?? before;
}

function kernelAfter(before: ReadonlyMap<string, string>, { kernel }: SettingsPlan): string {
  const after = new Map([...before, ...kernel.map(({ path, value }) => [path, value] as const)]);
  return linesOf([...after].map(([path, value]) => `${swapSeparators(path)} = ${value}`));
}

function readKernel(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(' = ');
      return [swapSeparators(name), value] as const;
    }),
  );
}

/** From the names that sysctl(8) prints to paths, and back: what is a dot in one is a slash in the other. */
function swapSeparators(text: string): string {
  return text.replaceAll(/[./]/gu, (separator) => (separator === '.' ? '/' : '.'));
}

function planText({ models }: SettingsPlan): string {
  const settings = models.flatMap((model) => model.settings);
  return linesOf(
    settings.map(({ key, outcome, reason }) =>
      [key, outcome, ...(reason === undefined ? [] : [reason])].join(': '),
    ),
  );
}

function textOf({ path, message }: SpecProblem): string {
  return `${path}: ${message}`;
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
