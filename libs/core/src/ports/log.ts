/**
 * Fields of a log line; the keys of the house: `os` (namespace/name), `node`, `operation` (its id, the same in operator,
 * proxy and agent), `seq`, `phase`, `error`.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where loops report what they do: fields first, then a static message. Adapters back it with pino. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
