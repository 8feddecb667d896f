import { appendFileSync } from 'node:fs';

import { KubeosError, type Log, type LogFields } from '@kubeos/core';

/** A log that appends a line of JSON for each call. */
export function createFileLog(path: string): Log {
  const write =
    (level: string) =>
    (fields: LogFields, message: string): void => {
      const time = new Date().toISOString();
      appendFileSync(path, `${JSON.stringify({ time, level, message, ...plain(fields) })}\n`);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function plain(fields: LogFields): LogFields {
  const { error, ...rest } = fields;
  return error === undefined ? rest : { ...rest, error: KubeosError.from(error).message };
}
