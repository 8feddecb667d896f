import { KubeosError, errorKinds } from '@kubeos/core';
import { signalExitCode } from '@kubeos/host';

import { runBench } from './bench.ts';
import { idleCase } from './idle/idle-case.ts';
import { imagesCase } from './images/images-case.ts';
import { nodesCase } from './nodes/nodes-case.ts';
import { operatorCase } from './operator/operator-case.ts';
import { prepareCase } from './prepare/prepare-case.ts';
import { simulationCase } from './simulation/simulation-case.ts';
import { soakCase } from './soak/soak-case.ts';

const cases = [
  prepareCase,
  idleCase,
  operatorCase,
  simulationCase,
  imagesCase,
  nodesCase,
  soakCase,
];

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    process.exitCode ??= signalExitCode(name);
    stop.abort(new KubeosError('CANCELLED', `Ended by ${name}`));
  });
}
const print = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const ok = await runBench({ cases, names: process.argv.slice(2), print, signal: stop.signal });
  process.exitCode ??= ok ? 0 : 1;
} catch (thrown) {
  const failure = KubeosError.from(thrown);
  process.stderr.write(`${failure.message}\n`);
  process.exitCode ??= errorKinds[failure.kind].exitCode;
}
