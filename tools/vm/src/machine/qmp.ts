import type { Duplex } from 'node:stream';

import { KubeosError } from '@kubeos/core';

import type { QemuEvent } from '../contract.ts';
import { within } from '../within.ts';
import { JsonLines } from './json-lines.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Saving the memory of a machine to a busy disk takes a while; nothing else does. */
const answerSeconds = 120;

/** The QEMU Machine Protocol over one connection, qemu-qmp-ref(7). */
export class Qmp {
  readonly #stream: Duplex;
  readonly #lines = new JsonLines();
  readonly #waiting = new Map<string, PromiseWithResolvers<unknown>>();
  readonly #onEvent: (event: QemuEvent) => void;
  #sent = 0;
  #closed = false;

  constructor(stream: Duplex, onEvent: (event: QemuEvent) => void) {
    this.#stream = stream;
    this.#onEvent = onEvent;
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
    // A killed QEMU resets the connection; its end is seen by whoever waits for the process.
    stream.on('error', () => this.#close());
    stream.on('close', () => this.#close());
  }

  /** Runs a command and gives what it returns. Throws `COMMAND_FAILED` with what QEMU says, `COMMAND_TIMEOUT`. */
  async execute(command: string, args: Fields = {}): Promise<unknown> {
    if (this.#closed) throw new KubeosError('COMMAND_FAILED', `QEMU: ${command}: QEMU is gone`);
    this.#sent += 1;
    const id = String(this.#sent);
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    try {
      return await within(answerSeconds, `QEMU: ${command}`, answer.promise);
    } catch (cause) {
      throw cause instanceof QmpFailure
        ? new KubeosError('COMMAND_FAILED', `QEMU: ${command}: ${cause.message}`)
        : cause;
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Runs a command of the monitor for people, which says nothing where all is well unless it is asked something. */
  async monitor(line: string): Promise<string> {
    const said = await this.execute('human-monitor-command', { 'command-line': line });
    return typeof said === 'string' ? said.trim() : '';
  }

  #read(bytes: Buffer): void {
    for (const value of this.#lines.push(bytes)) {
      if (!isFields(value)) continue;
      if (typeof value['event'] === 'string') {
        this.#onEvent({
          event: value['event'],
          data: isFields(value['data']) ? value['data'] : {},
        });
      } else if (typeof value['id'] === 'string') {
        const answer = this.#waiting.get(value['id']);
        const error = value['error'];
        if (isFields(error)) answer?.reject(new QmpFailure(String(error['desc'])));
        else answer?.resolve(value['return']);
      }
    }
  }

  #close(): void {
    this.#closed = true;
    for (const answer of this.#waiting.values()) answer.reject(new QmpFailure('QEMU is gone'));
  }
}

class QmpFailure extends Error {}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
