#!/usr/bin/env node
import { join } from 'node:path';
import { run } from './run.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort(signal));
}

// Modes in an image must not depend on the shell that kbimg was started from.
process.umask(0o022);

void run(process.argv.slice(2), process.env, {
  version: process.env['KUBEOS_VERSION'] ?? 'from-source',
  nodeFilesDir: join(import.meta.dirname, 'node-files'),
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  stop: stop.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
