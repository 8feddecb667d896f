import type { ReadStream, WriteStream } from 'node:tty';

import type { Machine } from '../contract.ts';
import { Keys, type Key } from './keys.ts';

/** Connects a terminal with the serial port, until the person ends it, the guest switches off, or the signal comes. */
export async function attach(
  machine: Machine,
  terminal: { readonly input: ReadStream; readonly output: WriteStream },
  signal: AbortSignal,
): Promise<void> {
  const { input, output } = terminal;
  const end = Promise.withResolvers<void>();
  const keys = new Keys();
  // A machine whose power is cut is off only for a moment.
  let isCut = false;
  const watchEnd = (): void => {
    machine.waitForExit({ deadlineSeconds: longSeconds }).then(() => {
      if (!isCut) end.resolve();
    }, end.reject);
  };
  const act = async ({ kind }: Key): Promise<void> => {
    if (kind === 'reset') await machine.reset();
    if (kind === 'powerButton') await machine.qmp('system_powerdown');
    if (kind === 'end') end.resolve();
    if (kind === 'powerCut') {
      isCut = true;
      await machine.powerCut();
      output.write('\r\n[power was cut, and is back]\r\n');
      await machine.start();
      isCut = false;
      watchEnd();
    }
  };
  const onInput = (text: string): void => {
    for (const key of keys.push(text)) {
      if (key.kind !== 'type') act(key).catch(end.reject);
      else if (machine.isOn()) machine.console.send(key.text);
    }
  };
  const onAbort = (): void => end.reject(signal.reason);
  const endSerial = machine.onSerial((bytes) => void output.write(bytes));
  signal.addEventListener('abort', onAbort);
  input.setRawMode(true);
  input.setEncoding('utf8').on('data', onInput).resume();
  watchEnd();
  try {
    await end.promise;
  } finally {
    input.off('data', onInput).pause();
    input.setRawMode(false);
    signal.removeEventListener('abort', onAbort);
    endSerial();
    output.write('\r\n');
  }
}

/** The longest that a timer takes is 24 days. */
const longSeconds = 20 * 24 * 3600;
