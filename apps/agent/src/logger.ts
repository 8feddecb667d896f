/** Where the agent's log lines go. */
import { describeFailure } from '@kubeos/core';
import type { Log, LogFields } from '@kubeos/core';
import { destination, pino } from 'pino';

/** Members that are never written, at the top of a line and one level below. */
const secrets = ['key', 'clientKey', 'token', 'password', 'authorization'];

/**
 * One JSON object a line.
 *
 * @param fd where to; default: stderr, which systemd puts into the journal
 */
export function createJsonLog(version: string, fd = 2): Log {
  return pino(
    {
      base: { component: 'os-agent', version },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '(secret)' },
      serializers: { error: pino.stdSerializers.err },
    },
    destination({ fd, sync: true }),
  );
}

/** For a person at the console: warnings and errors in words. */
export function createPlainLog(write: (text: string) => void): Log {
  const say = (fields: LogFields, message: string) => {
    const { error } = fields;
    write(`os-agent: ${message}${error === undefined ? '' : `: ${describeFailure(error)}`}\n`);
  };
  return { debug: () => undefined, info: () => undefined, warn: say, error: say };
}
