import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const graceMilliseconds = 30_000;

const jestNodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/** Runs one stage with its output on this terminal; answers its counts and its time. */
export async function runStage(stage, extra, signal, say = console.log) {
  say(`\n== ${stage.name}`);
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'kubeos-stage-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const ok = await runCommands(stage, extra, { countsFile, signal, say });
    const seconds = (performance.now() - started) / 1000;
    const counts = stage.jest
      ? readCounts(countsFile, ok)
      : { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
    const verdict = counts.failed === 0 ? 'passed' : 'FAILED';
    say(`== ${stage.name} ${verdict} after ${seconds.toFixed(1)} s`);
    return { stage, seconds, ...counts };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runCommands(stage, extra, { countsFile, signal, say }) {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(stage.minutes * 60_000)]);
  for (const [index, command] of stage.commands.entries()) {
    const isLast = index === stage.commands.length - 1;
    const isJest = isLast && stage.jest === true;
    const env = {
      ...process.env,
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
