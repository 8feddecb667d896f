// Unpacks the tools that build and boot images unless they are in the cache, so that no test waits for them.
import { findImageTools } from './tools/image-tools.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    stop.abort();
  });
}
await findImageTools((line) => process.stdout.write(`${line}\n`), stop.signal);
