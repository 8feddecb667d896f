/** Where the operator's log lines go. */
import type { Log } from '@kubeos/core';
import { destination, pino } from 'pino';

/** Members that are never written, at the top of a line and one level below. */
const secrets = ['key', 'clientKey', 'token', 'password', 'authorization'];

/** One JSON object a line on standard output. */
export function createJsonLog(version: string, level: string): Log {
  return pino(
    {
      level,
      base: { component: 'os-operator', version },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '(secret)' },
      serializers: { error: pino.stdSerializers.err },
    },
    destination({ fd: 1, sync: true }),
  );
}
