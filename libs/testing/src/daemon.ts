import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that serves until it is stopped. */
export interface Daemon {
  /** Lets it end in order, so that it takes away what it made. */
  stop(): Promise<void>;
}

const readyMs = 30_000;
const stopMs = 20_000;

/** Starts a program and waits for the line by which it says that it serves. */
export async function startDaemon(
  program: string,
  args: readonly string[],
  ready: RegExp,
): Promise<Daemon> {
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const over = once(child, 'close');
  const serves = Promise.withResolvers<void>();
  let said = '';
  const fail = (why: string): void => {
    serves.reject(new Error(`${program} ${why}: ${said.slice(-2000)}`));
  };
  const look = (piece: Buffer): void => {
    said = (said + piece.toString()).slice(-10_000);
    if (ready.test(said)) serves.resolve();
  };
  child.stdout.on('data', look);
  child.stderr.on('data', look);
  over.then(
    () => fail('ended'),
    (thrown: unknown) => fail(String(thrown)),
  );
  const timer = setTimeout(() => fail('does not serve'), readyMs);
  const stop = async (): Promise<void> => {
    const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
    child.kill('SIGTERM');
    await over.finally(() => clearTimeout(late));
  };
  try {
    await serves.promise;
    return { stop };
  } catch (thrown) {
    child.kill('SIGKILL');
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}
