import { join } from 'node:path';

import { exec } from '@kubeos/host';

/** The bundle of each program under test. */
export interface Bundles {
  readonly operator: string;
  readonly proxy: string;
  readonly agent: string;
}

const workspace = join(import.meta.dirname, '../../../..');
const bundleMilliseconds = 300_000;

/** Path of a file of the repository. */
export function repositoryFile(name: string): string {
  return join(workspace, name);
}

/** Bundles the programs, where their sources have changed since the last time. Throws `COMMAND_FAILED`. */
export async function bundlePrograms(signal: AbortSignal): Promise<Bundles> {
  const projects = ['operator', 'proxy', 'agent'].map((name) => `@kubeos/${name}`).join(',');
  await exec('nx', ['run-many', '--targets=bundle', `--projects=${projects}`], {
    cwd: workspace,
    // Without the last one nx leaves a folder of compiled code among the temporary files.
    env: { NX_DAEMON: 'false', NX_TUI: 'false', NODE_DISABLE_COMPILE_CACHE: '1' },
    timeoutMs: bundleMilliseconds,
    signal,
  });
  const bundle = (name: string): string => repositoryFile(`apps/${name}/dist/${name}.cjs`);
  return { operator: bundle('operator'), proxy: bundle('proxy'), agent: bundle('agent') };
}
