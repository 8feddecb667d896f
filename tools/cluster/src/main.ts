import { errorKinds, KubeosError } from '@kubeos/core';
import { signalExitCode } from '@kubeos/host';

import { run } from './person/run.ts';

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
try {
  await run(process.argv.slice(2), {
    print: (line) => void stdout.write(`${line}\n`),
    signal: stop.signal,
  });
} catch (thrown) {
  const failure = KubeosError.from(thrown);
  if (!stop.signal.aborted) process.stderr.write(`${failure.message}\n`);
  process.exitCode ??= errorKinds[failure.kind].exitCode;
}
