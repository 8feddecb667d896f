#!/usr/bin/env -S node --max-semi-space-size=1
import { KubeosError } from '@kubeos/core';
import { createJsonLog } from './logger.ts';
import { run } from './run.ts';

const version = process.env['KUBEOS_VERSION'] ?? 'from-source';
const log = createJsonLog(version);
const stop = new AbortController();

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => stop.abort(signal));
}
// After a defect outside any call nothing in this process is trusted: it ends in order, and its socket starts the next.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (thrown: unknown) => {
    const error = KubeosError.from(thrown);
    log.error({ error, event }, 'Ending after a defect');
    stop.abort(new KubeosError('BUG', error.message, { cause: thrown }));
  });
}

// Explicit: a hash or a download that was let go of must not hold the program.
void run(process.argv.slice(2), process.env, {
  version,
  pid: process.pid,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  log,
  stop: stop.signal,
}).then((exitCode) => process.exit(exitCode));
