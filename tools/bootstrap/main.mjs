// The first thing every npm script runs: it makes the machine ready and hands over to the pinned
// Node. It must work in a fresh clone on Node 20, so it imports nothing but Node's own modules.
//
//   node tools/bootstrap/main.mjs COMMAND [SCRIPT [ARGUMENT...]]
//
// COMMAND chooses the system programs that must be there; without SCRIPT it only sets up.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { installDependencies, pinnedNode } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { checkUser, installPrograms, programFolders } from './programs.mjs';
import { SetupError } from './setup-error.mjs';

const root = resolve(import.meta.dirname, '../..');
const binFolder = join(root, 'node_modules/.bin');

const [command, script, ...scriptArguments] = process.argv.slice(2);

try {
  checkUser(command);
  await withLock(root, async () => {
    await installDependencies(root);
    await installPrograms(command ?? 'setup');
  });
  if (script === undefined) console.log('Everything is set up.');
  else runPinned(script, scriptArguments);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`Set-up failed: ${error.message}`);
  process.exitCode = 1;
}

function runPinned(path, rest) {
  const child = spawn(
    pinnedNode(root),
    ['--conditions=@kubeos/source', join(root, path), ...rest],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PATH: [binFolder, ...programFolders()].join(delimiter) },
    },
  );
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to the whole group, the child included; a script sends it to one process.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
