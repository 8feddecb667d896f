import type { InstallWatch } from '@kubeos/core';

/** Tells a watcher how far an installation is. */
export interface Progress {
  fetched(bytes: number): void;
  verifying(): void;
}

/** Reports at most once for so many bytes: the watcher writes each report somewhere. */
const stepBytes = 1024 * 1024;

/** Starts at nothing fetched. */
export function createProgress(watch: InstallWatch, bytesTotal: number | undefined): Progress {
  const total = bytesTotal === undefined ? {} : { bytesTotal };
  let bytesDone = 0;
  let reported = 0;
  const report = (step: string): void => {
    reported = bytesDone;
    watch.onProgress({ step, bytesDone, ...total });
  };
  report('Fetching');
  return {
    fetched: (bytes) => {
      bytesDone += bytes;
      if (bytesDone - reported >= stepBytes) report('Fetching');
    },
    verifying: () => report('Verifying'),
  };
}
