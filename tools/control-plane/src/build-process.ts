// Builds the programs of the control plane that are not in the cache yet, so that no test waits for a build.
import { ensureBinaries } from './binaries.ts';
import { moduleSets } from './module-sets.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    stop.abort();
  });
}
const names = moduleSets.flatMap(({ packages }) => Object.keys(packages));
await ensureBinaries(names, (line) => process.stdout.write(`${line}\n`), stop.signal);
