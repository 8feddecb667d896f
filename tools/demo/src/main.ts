import { tmpdir } from 'node:os';

import { KubeosError, errorKinds } from '@kubeos/core';
import { signalExitCode } from '@kubeos/host';

import { runDemo } from './demo.ts';
import { failuresOf } from './failures.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    process.exitCode ??= signalExitCode(name);
    stop.abort(new KubeosError('CANCELLED', `Ended by ${name}`));
  });
}
const { stdout } = process;
// Nobody reads any more, or the terminal is gone: an unheard error would end us before everything is taken away.
stdout.on('error', () => {
  process.exitCode ??= 1;
  stop.abort(new KubeosError('CANCELLED', 'Nobody reads the output'));
});
const screen = {
  write: (text: string): void => void stdout.write(text),
  isTerminal: stdout.isTTY,
  get width(): number {
    // A terminal that does not know its size says 0.
    return stdout.isTTY && stdout.columns > 0 ? stdout.columns : Number.POSITIVE_INFINITY;
  },
};
try {
  // A caller that clears the folder of temporary files away names another one.
  const logFolder = process.env['KUBEOS_LOG_FOLDER'] ?? tmpdir();
  const ok = await runDemo({ screen, logFolder, signal: stop.signal });
  process.exitCode ??= ok ? 0 : 1;
} catch (thrown) {
  for (const failure of failuresOf(thrown).map((one) => KubeosError.from(one))) {
    process.stderr.write(`${failure.message}\n`);
    process.exitCode ??= errorKinds[failure.kind].exitCode;
  }
}
