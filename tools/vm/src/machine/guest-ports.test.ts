import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { GuestPorts } from './guest-ports.ts';

let ports: GuestPorts;
const guest = createServer((socket) => {
  socket.write('hello ');
  socket.pipe(socket);
  socket.on('error', () => undefined);
});
beforeEach(async () => {
  guest.listen(0, '127.0.0.1');
  await once(guest, 'listening');
  ports = await GuestPorts.open([22, 9000]);
});
afterEach(async () => {
  await ports.close();
  guest.close();
});

const leadToGuest = (): void =>
  ports.leadTo(new Map([[9000, (guest.address() as AddressInfo).port]]));

async function call(port: number): Promise<Socket> {
  const socket = connect(ports.hostPort(port), '127.0.0.1');
  socket.setEncoding('utf8').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

it('leads to the guest, in both directions, to the end', async () => {
  leadToGuest();
  const socket = await call(9000);
  socket.end('world');
  let said = '';
  socket.on('data', (text: string) => (said += text));
  await once(socket, 'close');
  expect(said).toBe('hello world');
});

it('ends connections when the guest is another one', async () => {
  leadToGuest();
  const socket = await call(9000);
  await once(socket, 'data');
  const closed = once(socket, 'close');
  leadToGuest();
  await closed;
  await once(await call(9000), 'data');
});

it('takes no connection while there is no guest', async () => {
  for (const port of [22, 9000]) await once(await call(port), 'close');
  expect(ports.hostPort(22)).not.toBe(ports.hostPort(9000));
  expect(() => ports.hostPort(80)).toThrow('port 80');
});
