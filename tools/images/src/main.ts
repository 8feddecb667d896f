import { join } from 'node:path';
import { bundlePrograms } from '@kubeos/demo';
import { run } from './person/run.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort(signal));
}

void run(process.argv.slice(2), process.env, {
  root: join(import.meta.dirname, '../../..'),
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  bundle: bundlePrograms,
  stop: stop.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
