import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leanAgentStatus, ManualClock, settle, silentLog } from '@kubeos/testing';
import { createSnapshotFile, type FollowedSnapshot } from './snapshot-file.ts';

describe('the snapshot file', () => {
  let folder: string;
  let path: string;
  let clock: ManualClock;
  let snapshot: FollowedSnapshot;
  let stop: AbortController;
  let running: Promise<void> | undefined;
  let warnings: string[];
  /** Resolves at the next change. */
  let changed: PromiseWithResolvers<void>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-snapshot-'));
    path = join(folder, 'run', 'status.json');
    clock = new ManualClock();
    changed = Promise.withResolvers();
    const onChange = (): void => {
      const told = changed;
      changed = Promise.withResolvers();
      told.resolve();
    };
    warnings = [];
    const log = {
      ...silentLog,
      warn: (_fields: unknown, message: string) => void warnings.push(message),
    };
    snapshot = createSnapshotFile({ path, clock, log, onChange });
    stop = new AbortController();
    running = undefined;
  });

  afterEach(async () => {
    stop.abort();
    await running;
    await rm(folder, { recursive: true });
  });

  async function publish(text: string): Promise<void> {
    await mkdir(join(folder, 'run'), { recursive: true });
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }

  const revision = (value: number): string =>
    JSON.stringify({ ...leanAgentStatus, revision: value });

  it('is not there before the agent has run', async () => {
    await snapshot.look();

    expect(snapshot.current()).toBeUndefined();
    expect(snapshot.ageSeconds()).toBeUndefined();
  });

  it('tells how old it is, by the clock of its node', async () => {
    await publish(revision(1));
    await utimes(path, 0, clock.now().wallMs / 1000 - 90);
    await snapshot.look();
    await clock.advance(5000);

    expect(snapshot.ageSeconds()).toBeCloseTo(95, 1);
  });

  it('never goes back to older content, however fast it is replaced', async () => {
    const told: number[] = [];
    const busy = createSnapshotFile({
      path,
      clock,
      log: silentLog,
      onChange: () => told.push(busy.current()?.revision ?? 0),
    });
    const looks: Promise<void>[] = [];
    for (let value = 1; value <= 200; value += 1) {
      await publish(revision(value));
      looks.push(busy.look(), busy.look());
    }
    await Promise.all(looks);

    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(busy.current()?.revision).toBe(200);
  });

  it('is read when it is there, and told once for each content', async () => {
    await publish(revision(4));
    const told = changed.promise;
    await snapshot.look();
    await told;
    const quiet = changed;
    await snapshot.look();

    expect(snapshot.current()?.revision).toBe(4);
    expect(changed).toBe(quiet);
  });

  it('is followed as it is replaced', async () => {
    await publish(revision(4));
    const first = changed.promise;
    running = snapshot.run(stop.signal);
    await first;
    const second = changed.promise;
    await publish(revision(5));
    await second;

    expect(snapshot.current()?.revision).toBe(5);
  });

  it('is found later when its folder comes later', async () => {
    const first = changed.promise;
    running = snapshot.run(stop.signal);
    await snapshot.look();
    await publish(revision(4));
    await clock.advance(15_000);
    await first;

    expect(snapshot.current()?.revision).toBe(4);
  });

  it('is looked at where its folder cannot be watched, which is said once', async () => {
    // A link to itself is not absent, and nothing can be done with it.
    await symlink('run', join(folder, 'run'));
    running = snapshot.run(stop.signal);
    for (let turn = 0; turn < 2; turn += 1) {
      await snapshot.look();
      await settle();
      await clock.advance(15_000);
    }
    await snapshot.look();
    await settle();
    expect(warnings.filter((message) => message.includes('watch'))).toHaveLength(1);

    await rm(join(folder, 'run'));
    await publish(revision(4));
    const first = changed.promise;
    await clock.advance(15_000);
    await first;
    expect(snapshot.current()?.revision).toBe(4);
  });

  it('stays as it was when the file cannot be understood', async () => {
    await publish(revision(4));
    await snapshot.look();
    await publish('{');
    await snapshot.look();

    expect(snapshot.current()?.revision).toBe(4);
  });

  it('is forgotten when the file goes', async () => {
    await publish(revision(4));
    await snapshot.look();
    await rm(path);
    await snapshot.look();

    expect(snapshot.current()).toBeUndefined();
  });
});
