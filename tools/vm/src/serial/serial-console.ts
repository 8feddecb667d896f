import { randomBytes } from 'node:crypto';

import { hasCode, KubeosError } from '@kubeos/core';

import type { CommandResult, Console, WaitOptions } from '../contract.ts';
import { within } from '../within.ts';
import { GuestCommand } from './guest-command.ts';
import { TerminalText } from './terminal-text.ts';

/** What the console is connected to, and where it tells what it did. */
export interface ConsoleLine {
  /** Sends text to the guest; throws `COMMAND_FAILED` while the machine is off. */
  write(text: string): void;
  /** Notes for the log, between what the guest says. */
  note(text: string): void;
}

const keptCharacters = 4 * 1024 * 1024;
const shownLines = 30;
const bootSeconds = 120;
const commandSeconds = 60;
/** An answer that was damaged is asked for again after so long, the next time after twice that. */
const patienceSeconds = 10;
const nudgeSeconds = 3;

/** The console of a machine, over any line; it stays while machines behind it come and go. */
export class SerialConsole implements Console {
  readonly #line: ConsoleLine;
  readonly #waiting = new Set<() => void>();
  #clean = new TerminalText();
  #text = '';
  /** How many characters of the beginning are not kept any more. */
  #dropped = 0;
  /** How much was found already, counted from the beginning. */
  #found = 0;
  /** Why nothing more comes, while the machine is off. */
  #ended: string | undefined = 'the machine was never switched on';

  constructor(line: ConsoleLine) {
    this.#line = line;
  }

  /** A machine was switched on. */
  begin(): void {
    this.#clean = new TerminalText();
    this.#ended = undefined;
  }

  /** Bytes came from the machine. */
  push(bytes: Uint8Array): void {
    this.#text += this.#clean.push(bytes);
    // Seldom and much: each time costs a copy of all.
    if (this.#text.length > 2 * keptCharacters) {
      this.#dropped += this.#text.length - keptCharacters;
      this.#text = this.#text.slice(-keptCharacters);
    }
    this.#wake();
  }

  /** What came and was not found yet is of a time that never was: a snapshot was loaded. */
  forget(): void {
    this.#found = this.#end;
  }

  /** The machine is off. */
  end(reason: string): void {
    this.#ended = reason;
    this.#wake();
  }

  text(): string {
    return this.#text;
  }

  pending(): string {
    return this.#since(this.#found);
  }

  send(text: string): void {
    this.#line.write(text);
  }

  async expect(wanted: string | RegExp, options: WaitOptions = {}): Promise<RegExpExecArray> {
    const { deadlineSeconds = bootSeconds } = options;
    const pattern = typeof wanted === 'string' ? literal(wanted) : wanted;
    return this.#until(`"${String(wanted)}"`, deadlineSeconds, () => {
      const pending = this.pending();
      const match = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/gu, '')).exec(
        pending,
      );
      if (match === null) return undefined;
      this.#found = this.#end - pending.length + match.index + match[0].length;
      return match;
    });
  }

  async login(user: string, password: string, options: WaitOptions = {}): Promise<void> {
    const left = countdown(options.deadlineSeconds ?? bootSeconds);
    await this.expect(/\blogin: /u, { deadlineSeconds: left() });
    this.send(`${user}\n`);
    await this.expect('assword: ', { deadlineSeconds: left() });
    this.send(`${password}\n`);
    await this.shell({ deadlineSeconds: left() });
  }

  async shell(options: WaitOptions = {}): Promise<void> {
    const left = countdown(options.deadlineSeconds ?? bootSeconds);
    const name = newName();
    // What is typed while nobody listens is thrown away: it is typed until there is an answer.
    // Of the first time login(1) may have swallowed the start: what is left of a line without quotes leaves none open.
    const line = ` stty -echo; unset HISTFILE; echo @${name} $((40+2))\n`;
    const answer = new RegExp(`@${name} 42\\n|Login incorrect`, 'u');
    const [found] = await this.#ask(line, left, nudgeSeconds, () => answer.exec(this.pending()));
    if (found === 'Login incorrect') {
      throw new KubeosError('FORBIDDEN', 'The guest says "Login incorrect"');
    }
    this.forget();
  }

  async run(text: string, options: WaitOptions = {}): Promise<CommandResult> {
    const left = countdown(options.deadlineSeconds ?? commandSeconds);
    const command = new GuestCommand(newName(), text);
    const from = this.#end;
    const ask = <T>(line: string, find: (seen: string) => T | undefined): Promise<T> =>
      this.#ask(`${line}\n`, left, patienceSeconds, () => find(this.#since(from)));
    this.#line.note(`run: ${text}`);
    for (const [index, line] of command.uploadLines.entries()) {
      await ask(line, (seen) => command.isTaken(seen, index) || undefined);
    }
    this.send(`${command.runLine}\n`);
    // Typed ahead: the guest comes to it when the command has ended.
    const exitCode = await ask(command.statusLine, (seen) => command.exitCode(seen));
    const [stdout, stderr] = await ask(command.outputLine, (seen) => {
      const out = command.output(seen, 'out');
      const err = command.output(seen, 'err');
      return out === undefined || err === undefined ? undefined : ([out, err] as const);
    });
    const seen = this.#since(from);
    this.#found = this.#end - seen.length + command.end(seen);
    this.#line.note(`exit status ${exitCode}\n${stdout}${stderr}`);
    return { stdout, stderr, exitCode };
  }

  get #end(): number {
    return this.#dropped + this.#text.length;
  }

  #since(position: number): string {
    return this.#text.slice(Math.max(0, position - this.#dropped));
  }

  /** Types a line, and again after a while, each time after a longer one, until it is answered. */
  async #ask<T>(
    line: string,
    left: () => number,
    patience: number,
    find: () => T | null | undefined,
  ): Promise<T> {
    this.send(line);
    const seconds = left();
    try {
      return await this.#until(`an answer to "${line.trim()}"`, Math.min(seconds, patience), find);
    } catch (error) {
      if (!hasCode(error, 'COMMAND_TIMEOUT') || seconds <= patience) throw error;
    }
    return this.#ask(line, left, Math.min(patience * 2, 60), find);
  }

  async #until<T>(what: string, seconds: number, find: () => T | null | undefined): Promise<T> {
    const found = Promise.withResolvers<T>();
    const look = (): void => {
      const value = find();
      if (value !== null && value !== undefined) found.resolve(value);
      else if (this.#ended !== undefined) {
        const reason = `Waiting for ${what}: ${this.#ended}`;
        found.reject(new KubeosError('COMMAND_FAILED', reason));
      }
    };
    this.#waiting.add(look);
    try {
      look();
      return await within(seconds, `Waiting for ${what}`, found.promise);
    } catch (cause) {
      const failure = KubeosError.from(cause);
      throw new KubeosError(failure.code, `${failure.message}\n${this.#tail()}`, { cause });
    } finally {
      this.#waiting.delete(look);
    }
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  #tail(): string {
    const lines = this.#text.trimEnd().split('\n').slice(-shownLines);
    return ['The console said last:', ...lines.map((line) => `  ${line}`)].join('\n');
  }
}

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`), 'u');
}

function countdown(seconds: number): () => number {
  const deadline = performance.now() + seconds * 1000;
  return () => Math.max(0, (deadline - performance.now()) / 1000);
}

function newName(): string {
  return `k${randomBytes(4).toString('hex')}`;
}
