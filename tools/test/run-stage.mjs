import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sweep } from './sweep.mjs';

const graceMilliseconds = 30_000;

const jestNodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/**
 * Runs one stage with its output on this terminal; answers its counts and its time. Its temporary
 * files lie in a folder of its own, which is taken away with all that a killed stage leaves there.
 */
export async function runStage(stage, extra, signal, say = console.log) {
  say(`\n== ${stage.name}`);
  const started = performance.now();
  // A short name: paths of sockets below it may have 107 characters, unix(7).
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'kubeos-'));
  const countsFile = join(folder, 'counts.json');
  let counts = { passed: 0, failed: 1 };
  try {
    const ok = await runCommands(stage, extra, { folder, countsFile, signal, say });
    counts = stage.jest ? readCounts(countsFile, ok) : { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  } finally {
    if (!(await clear(folder, say))) counts = { ...counts, failed: counts.failed + 1 };
  }
  const seconds = (performance.now() - started) / 1000;
  const verdict = counts.failed === 0 ? 'passed' : 'FAILED';
  say(`== ${stage.name} ${verdict} after ${seconds.toFixed(1)} s`);
  return { stage, seconds, ...counts };
}

async function clear(folder, say) {
  try {
    for (const found of await sweep(folder)) say(`Left behind and taken away: ${found}`);
    return true;
  } catch (error) {
    say(`${folder} cannot be taken away: ${error.message}`);
    return false;
  }
}

async function runCommands(stage, extra, { folder, countsFile, signal, say }) {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(stage.minutes * 60_000)]);
  for (const [index, command] of stage.commands.entries()) {
    const isLast = index === stage.commands.length - 1;
    const isJest = isLast && stage.jest === true;
    const env = {
      ...process.env,
      TMPDIR: folder,
      // What tells about a failure has to stay when that folder goes.
      KUBEOS_LOG_FOLDER: tmpdir(),
      NX_TUI: 'false',
      NX_DAEMON: 'false',
      ...(isJest ? { NODE_OPTIONS: jestNodeOptions, KUBEOS_JEST_COUNTS: countsFile } : {}),
    };
    const code = await run(isLast ? [...command, ...extra] : command, {
      env,
      signal: deadline,
      say,
    });
    if (code !== 0) {
      const reason = deadline.aborted ? 'stopped' : `exit status ${code}`;
      say(`"${command.join(' ')}" failed: ${reason}`);
      return false;
    }
  }
  return true;
}

function run([program, ...args], { env, signal, say }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    let force;
    const stop = () => {
      child.kill('SIGTERM');
      force = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const finish = (code) => {
      clearTimeout(force);
      signal.removeEventListener('abort', stop);
      resolve(code);
    };
    child.once('error', (error) => {
      say(`${program} does not start: ${error.message}`);
      finish(127);
    });
    child.once('exit', (code, killedBy) => finish(code ?? killedBy));
  });
}

// Jest that ends without a report, or badly without a failed test, is itself one failure.
function readCounts(file, ok) {
  try {
    const counts = JSON.parse(readFileSync(file, 'utf8'));
    return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { passed: 0, failed: 1 };
  }
}
