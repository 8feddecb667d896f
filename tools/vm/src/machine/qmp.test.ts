import { duplexPair, type Duplex } from 'node:stream';

import { expect, it } from '@jest/globals';

import type { QemuEvent } from '../contract.ts';
import { Qmp } from './qmp.ts';

/** A QEMU that answers each command with what `answer` says. */
function connect(answer: (command: string) => Readonly<Record<string, unknown>>): {
  readonly qmp: Qmp;
  readonly events: QemuEvent[];
  readonly far: Duplex;
} {
  const [near, far] = duplexPair();
  const events: QemuEvent[] = [];
  far.on('data', (data: Buffer) => {
    for (const line of data.toString().trim().split('\n')) {
      const request: unknown = JSON.parse(line);
      if (!isRequest(request)) throw new Error(line);
      far.write(`${JSON.stringify({ id: request.id, ...answer(request.execute) })}\r\n`);
    }
  });
  return { qmp: new Qmp(near, (event) => events.push(event)), events, far };
}

function isRequest(value: unknown): value is { readonly id: string; readonly execute: string } {
  return typeof value === 'object' && value !== null && 'id' in value && 'execute' in value;
}

it('gives what a command returns, and tells events', async () => {
  const { qmp, events, far } = connect((command) => ({ return: { command } }));
  far.write('{"QMP": {"version": {}}}\r\n{"event": "RESET", "data": {"guest": true}}\r\n');
  far.write('{"event": "RESUME"}\r\n');
  const answers = await Promise.all([qmp.execute('stop'), qmp.execute('cont')]);
  expect(answers).toEqual([{ command: 'stop' }, { command: 'cont' }]);
  expect(events).toEqual([
    { event: 'RESET', data: { guest: true } },
    { event: 'RESUME', data: {} },
  ]);
});

it('throws what QEMU refuses', async () => {
  const error = { class: 'CommandNotFound', desc: 'The command x has not been found' };
  const { qmp } = connect(() => ({ error }));
  await expect(qmp.execute('x')).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: 'QEMU: x: The command x has not been found',
  });
});

it('gives what the monitor for people says', async () => {
  const { qmp } = connect(() => ({ return: 'Error: no device\r\n' }));
  expect(await qmp.monitor('savevm x')).toBe('Error: no device');
});

it('ends with the connection', async () => {
  const [near, far] = duplexPair();
  const qmp = new Qmp(near, () => undefined);
  const waiting = qmp.execute('quit');
  far.resume();
  near.destroy(new Error('ECONNRESET'));
  await expect(waiting).rejects.toThrow('QEMU is gone');
  await expect(qmp.execute('quit')).rejects.toThrow('QEMU is gone');
});
