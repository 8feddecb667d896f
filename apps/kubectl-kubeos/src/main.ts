#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { run } from './run.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort(signal));
}
// A reader that has seen enough, such as head, ends the program without a word.
process.stdout.on('error', () => stop.abort('SIGPIPE'));

void run(process.argv.slice(2), process.env, {
  version: process.env['KUBEOS_VERSION'] ?? 'from-source',
  print: (line) => process.stdout.write(line),
  complain: (line) => process.stderr.write(line),
  readInput: () => text(process.stdin),
  terminalRows: process.stdout.isTTY ? process.stdout.rows : undefined,
  wallMs: () => Date.now(),
  stop: stop.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
