import { constants } from 'node:os';

import { errorKinds, KubeosError } from '@kubeos/core';

import { run } from './run.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    process.exitCode ??= 128 + constants.signals[name];
    stop.abort(new KubeosError('CANCELLED', `Ended by ${name}`));
  });
}
const print = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const status = await run(process.argv.slice(2), { print, signal: stop.signal });
  process.exitCode ??= status;
} catch (thrown) {
  const failure = KubeosError.from(thrown);
  process.stderr.write(`${failure.message}\n`);
  process.exitCode ??= errorKinds[failure.kind].exitCode;
}
