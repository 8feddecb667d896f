import type { Log, LogFields } from '@kubeos/core';

/** One line of a trace: when, who, what. */
export interface TraceLine {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
  /** How often the same came in a row. */
  times: number;
}

/** Lines that a trace keeps at most; the oldest go. */
const longest = 200_000;

/** The readable story of a run. Recording is off for runs that nobody will read. */
export class Trace {
  private readonly now: () => number;
  private readonly recording: boolean;
  private lines: TraceLine[] = [];

  constructor(now: () => number, recording: boolean) {
    this.now = now;
    this.recording = recording;
  }

  /** True while lines are kept; spares the composing of lines that nobody will read. */
  get isRecording(): boolean {
    return this.recording;
  }

  add(who: string, what: string): void {
    if (!this.recording) return;
    const last = this.lines.at(-1);
    if (last?.who === who && last.what === what) {
      last.times += 1;
      return;
    }
    this.lines.push({ atMs: this.now(), who, what, times: 1 });
    if (this.lines.length > 2 * longest) this.lines = this.lines.slice(-longest);
  }

  /** The last lines as text. */
  text(last = longest): string {
    return this.lines.slice(-last).map(renderLine).join('\n');
  }

  /** The port through which loops report. */
  logOf(who: string): Log {
    const write = (level: string) => (fields: LogFields, message: string) => {
      if (this.recording) this.add(who, `${level} ${message} ${renderFields(fields)}`);
    };
    return { debug: write('-'), info: write('i'), warn: write('W'), error: write('E') };
  }
}

function renderLine({ atMs, who, what, times }: TraceLine): string {
  const often = times === 1 ? '' : ` (${String(times)} times)`;
  return `${(atMs / 1000).toFixed(3).padStart(11)} ${who.padEnd(22)} ${what}${often}`;
}

function renderFields(fields: LogFields): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${renderValue(value)}`)
    .join(' ');
}

function renderValue(value: unknown): string {
  if (value instanceof Error) return `${value.name}(${value.message})`;
  if (value === undefined) return 'undefined';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
