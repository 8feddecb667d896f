import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '@kubeos/core';
import { exec, type Exec } from '../exec.ts';
import { createSettingsUnits } from './settings-units.ts';

/** A clock on which whoever sleeps has slept already. */
function skippingClock(): Clock & { readonly nowMs: () => number } {
  let nowMs = 0;
  return {
    now: () => ({ wallMs: nowMs, monotonicMs: nowMs }),
    sleep: async (milliseconds) => {
      nowMs += milliseconds;
    },
    nowMs: () => nowMs,
  };
}

describe('programs of settings', () => {
  let folder = '';
  let clock = skippingClock();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'programs-'));
    clock = skippingClock();
    await journal('I1126 16:47:44.123456 1 server.go:1] "password: hidden"');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Puts a program on the PATH of the test. */
  const program = (name: string, script: string) =>
    writeFile(join(folder, name), `#!/bin/sh\ncd ${folder}\n${script}\n`, { mode: 0o755 });
  const journal = async (...lines: readonly string[]) => {
    await writeFile(join(folder, 'journal'), lines.join('\n'));
    await program('journalctl', 'echo "$*" > journal-args; cat journal');
  };
  const onPath: Exec = (file, args, options) =>
    exec(file, args, { ...options, env: { PATH: `${folder}:/usr/bin:/bin` } });
  const units = (kubeletHealthz: string | false = false) =>
    createSettingsUnits({ exec: onPath, clock, folder, kubeletHealthz });
  /** A systemctl that answers the nth question with the nth state, and then with the last one. */
  const systemctl = (...states: readonly string[]) =>
    program(
      'systemctl',
      `echo "$*" >> calls
       [ "$1" = is-active ] || exit 0
       set -- ${states.join(' ')}
       asked=$(grep -c is-active calls)
       [ "$asked" -le $# ] || asked=$#
       shift $((asked - 1))
       echo "$1"
       [ "$1" = active ] || exit 3`,
    );
  const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');

  it('restarts a program that runs without waiting for it', async () => {
    await systemctl('active');
    await units().restartIfRunning('kubelet.service');
    expect(await calls()).toEqual(['--no-block try-restart kubelet.service']);
  });

  describe('restart', () => {
    it('ends well when the program stays up', async () => {
      await systemctl('active');
      expect(await units().restart('containerd.service')).toBeUndefined();
      expect((await calls()).slice(0, 3)).toEqual([
        'reset-failed containerd.service',
        'restart containerd.service',
        'is-active containerd.service',
      ]);
      expect(clock.nowMs()).toBe(8000);
    });

    it('waits for a program that takes its time', async () => {
      await systemctl('activating', 'activating', 'active');
      expect(await units().restart('containerd.service')).toBeUndefined();
      expect(clock.nowMs()).toBe(12_000);
    });

    it('tells of a program that does not come up, and where it says why', async () => {
      await systemctl('active', 'activating');
      expect(await units().restart('kubelet.service')).toBe(
        'it is not up 60 seconds after its restart: systemd says "activating" (more on the node: journalctl --unit=kubelet.service)',
      );
    });

    it('tells the errors that the program wrote since, without their values', async () => {
      await systemctl('failed');
      await journal(
        'I1126 16:47:44.123456 1 server.go:1] "FLAG: --token=\\"hidden\\""',
        'E1126 16:47:44.123456 1 run.go:72] "Command \\"hidden\\" failed" err="path: {hidden}"',
      );
      await clock.sleep(1_700_000);
      expect(await units().restart('kubelet.service')).toMatch(
        /kubelet\.service\); its errors, without values:\nCommand "\.\.\." failed$/,
      );
      expect(await readFile(join(folder, 'journal-args'), 'utf8')).toMatch(
        /^--unit=kubelet\.service --output=cat --since=@1700 -n 200 /,
      );
    });

    it('tells of a program that comes and goes', async () => {
      const states = Array.from({ length: 40 }, (_, index) =>
        index % 3 === 2 ? 'failed' : 'active',
      );
      await systemctl(...states);
      expect(await units().restart('containerd.service')).toContain('is not up 60 seconds after');
    });

    it('keeps what it tells short', async () => {
      await systemctl('failed');
      const lines = Array.from({ length: 100 }, (_, index) => `level=error msg="Größe ${index}"`);
      await journal(...lines);
      const [, ...evidence] = (await units().restart('containerd.service'))?.split('\n') ?? [];
      const bytes = Buffer.byteLength(evidence.join('\n'));
      expect(bytes).toBeLessThanOrEqual(512);
      expect(bytes).toBeGreaterThan(500);
      expect(evidence.at(-1)).toBe('Größe 99');
    });

    it('tells of a program that systemd does not restart', async () => {
      await program(
        'systemctl',
        'echo "Unit kubelet.service not found." >&2; [ "$1" = restart ] && exit 5; exit 1',
      );
      await program('journalctl', 'exit 1');
      expect(await units().restart('kubelet.service')).toBe(
        'it cannot be restarted: systemctl exited with 5: Unit kubelet.service not found. (more on the node: journalctl --unit=kubelet.service)',
      );
    });

    it.each([
      [200, undefined],
      [500, /http:\S+\/healthz does not answer with 200/],
    ])('asks the kubelet how it is: %s', async (status, problem) => {
      await systemctl('active');
      const asked: string[] = [];
      const server = createServer(({ url }, response) => {
        asked.push(url ?? '');
        response.writeHead(status).end('ok');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const healthz = `http://127.0.0.1:${port}/healthz`;
      try {
        const told = await units(healthz).restart('kubelet.service');
        if (problem === undefined) expect(told).toBeUndefined();
        else expect(told).toMatch(problem);
        expect(new Set(asked)).toEqual(new Set(['/healthz']));
        asked.length = 0;
        expect(await units(healthz).restart('containerd.service')).toBeUndefined();
        expect(asked).toEqual([]);
      } finally {
        server.close();
      }
      expect(await units(healthz).restart('kubelet.service')).toContain('does not answer');
    });
  });

  describe('the start of a program', () => {
    const show = (...lines: readonly string[]) =>
      program('systemctl', `echo "$*" >> calls\nprintf '%s\\n' ${lines.join(' ')}`);

    it('is that of its process', async () => {
      await show('ExecMainStartTimestampMonotonic=93500000', 'ActiveState=active');
      expect(await units().startedUptimeSeconds('kubelet.service')).toBe(93.5);
      expect(await calls()).toEqual([
        'show --property=ActiveState,ExecMainStartTimestampMonotonic kubelet.service',
      ]);
    });

    it.each([
      ['does not run', ['ActiveState=inactive', 'ExecMainStartTimestampMonotonic=93500000']],
      ['is not up yet', ['ActiveState=activating', 'ExecMainStartTimestampMonotonic=93500000']],
      ['has no process', ['ActiveState=active', 'ExecMainStartTimestampMonotonic=0']],
      ['is of an old systemd', ['ActiveState=active']],
    ])('is not known of one that %s', async (_name, lines) => {
      await show(...lines);
      expect(await units().startedUptimeSeconds('kubelet.service')).toBeUndefined();
    });

    it('is not known where systemd does not answer', async () => {
      await program('systemctl', 'exit 1');
      expect(await units().startedUptimeSeconds('kubelet.service')).toBeUndefined();
    });
  });

  describe('check', () => {
    it('has containerd read its file, which nobody else can', async () => {
      await program('containerd', 'echo "$*" > args; stat -c %a "$2" > mode; cat "$2" > read');
      expect(await units().check('containerd.service', 'version = 3\n')).toBeUndefined();
      const file = join(folder, 'containerd.toml');
      expect(await readFile(join(folder, 'args'), 'utf8')).toBe(`--config ${file} config dump\n`);
      expect(await readFile(join(folder, 'mode'), 'utf8')).toBe('600\n');
      expect(await readFile(join(folder, 'read'), 'utf8')).toBe('version = 3\n');
      await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it.each([
      [
        'echo "containerd: failed to load TOML from $2: strict mode"; echo more',
        'failed to load TOML from the new file: strict mode',
      ],
      [`echo 'cannot read "hidden" as int'`, 'cannot read "..." as int'],
      [`echo 'cannot read "hidden'`, 'cannot read "..."'],
      ['true', 'it does not say why'],
    ])('gives the reason without a value: %s', async (script, reason) => {
      await program('containerd', `(${script}) >&2; exit 1`);
      const problem = await units().check('containerd.service', 'password = "hidden"\n');
      expect(problem).toMatch(/^containerd does not take it: /);
      expect(problem?.endsWith(reason)).toBe(true);
      expect(problem).not.toContain('hidden');
      expect(await readdir(folder)).not.toContain('containerd.toml');
    });

    it('lets pass what nobody here can read', async () => {
      expect(await units().check('containerd.service', 'version = 3\n')).toBeUndefined();
      expect(await units().check('kubelet.service', 'a: 1\n')).toBeUndefined();
    });
  });
});
