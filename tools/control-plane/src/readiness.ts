import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

import { KubeosError } from '@kubeos/core';

import type { Component } from './component.ts';

const pollMilliseconds = 50;
const requestMilliseconds = 2000;

/** Thrown inside a start when another program was faster to take one of the ports: worth a try with others. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** What a wait looks at in a program. */
type Watched = Pick<Component, 'name' | 'isRunning' | 'logTail'>;

/** What a wait for the API server needs to know. */
export interface ReadinessOptions {
  readonly port: number;
  readonly caFile: string;
  /** Programs without which the server never gets ready. */
  readonly components: readonly Watched[];
  readonly deadlineSeconds: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Waits until the API server says on `/readyz` that it is ready.
 *
 * Throws `PortTaken` or `COMMAND_FAILED` when one of the programs ends meanwhile, `API_UNAVAILABLE` at the deadline,
 * `CANCELLED` when the signal ends the wait.
 */
export async function waitUntilReady(options: ReadinessOptions): Promise<void> {
  const { components, deadlineSeconds, signal } = options;
  const ca = await readFile(options.caFile, 'utf8');
  const deadline = performance.now() + deadlineSeconds * 1000;
  while (!(await answersReady(options.port, ca))) {
    throwIfCancelled(signal);
    for (const component of components) await checkRunning(component);
    if (performance.now() > deadline) {
      throw new KubeosError(
        'API_UNAVAILABLE',
        `The API server was not ready within ${String(deadlineSeconds)} s`,
      );
    }
    await delay(pollMilliseconds);
  }
}

/** Throws `CANCELLED` when the signal has been given. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new KubeosError('CANCELLED', 'The start was cancelled');
}

async function checkRunning(component: Watched): Promise<void> {
  if (component.isRunning()) return;
  const tail = await component.logTail();
  if (tail.includes('address already in use'))
    throw new PortTaken(`Another program took a port of ${component.name}`);
  throw new KubeosError('COMMAND_FAILED', `${component.name} ended while starting:\n${tail}`);
}

async function answersReady(port: number, ca: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const call = request(
    { host: '127.0.0.1', port, path: '/readyz', ca, agent: false, timeout: requestMilliseconds },
    (response) => {
      response.resume();
      response.once('close', () => {
        resolve(response.statusCode === 200);
      });
    },
  );
  call.once('timeout', () => call.destroy());
  // Not listening yet, or not yet with its certificate: the next poll asks again, until the deadline.
  call.once('error', () => {
    resolve(false);
  });
  call.end();
  return promise;
}
