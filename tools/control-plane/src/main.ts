import { once } from 'node:events';
import { dirname } from 'node:path';

import { KubeosError, errorKinds } from '@kubeos/core';

import { startControlPlane } from './control-plane.ts';

/** Leaves a control plane running until the signal, and says how to use it. */
async function main(print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const plane = await startControlPlane({ log: print, signal });
  print(`The API server answers at ${plane.server}; logs are in ${plane.folder}.`);
  print('In another shell:');
  print(`  export KUBECONFIG=${plane.kubeconfig} PATH=${dirname(plane.kubectl)}:$PATH`);
  print('  kubectl get namespaces');
  print('Pods of nodes with the label type=kwok are played. Ctrl-C stops everything.');
  if (!signal.aborted) await once(signal, 'abort');
  await plane.stop();
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    stop.abort();
  });
}
try {
  await main((line) => process.stdout.write(`${line}\n`), stop.signal);
} catch (error) {
  if (!stop.signal.aborted) {
    const failure = KubeosError.from(error);
    process.stderr.write(`${failure.message}\n`);
    process.exitCode = errorKinds[failure.kind].exitCode;
  }
}
