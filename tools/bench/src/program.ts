import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Component } from '@kubeos/control-plane';
import { folderVariable } from '@kubeos/demo';

import type { CaseContext } from './case.ts';

/** Starts a program that logs into the folder of the run; whoever starts it stops it. */
export async function startProgram(
  { folder }: CaseContext,
  name: string,
  [command = '', ...args]: readonly string[],
): Promise<Component> {
  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  return Component.start({
    name,
    command,
    args,
    folder: logs,
    env: { [folderVariable]: folder },
    // What waits for the program notices.
    onUnexpectedExit: () => undefined,
  });
}
