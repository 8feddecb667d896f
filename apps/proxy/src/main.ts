#!/usr/bin/env -S node --max-semi-space-size=1 --lite-mode
import { run } from './run.ts';

/** Seconds for the current write to end after SIGTERM; far less than a pod's grace period. */
const stopSeconds = 10;
const stop = new AbortController();

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    stop.abort(signal);
    setTimeout(() => process.exit(1), stopSeconds * 1000).unref();
  });
}

void run(process.argv.slice(2), process.env, {
  version: process.env['KUBEOS_VERSION'] ?? 'from-source',
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  stop: stop.signal,
}).then((exitCode) => process.exit(exitCode));
