/** What every way of calling an agent keeps: the tests of the in-memory client and of those over real sockets. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { errorCodes, KubeosError } from '@kubeos/core';
import type { AgentCalls, ErrorCode, OperationProgress, Payload, PhaseAnswer } from '@kubeos/core';
import { describeSettingsCalls } from './settings-calls-contract.ts';
import type { SettingsCalls } from './settings-calls-contract.ts';
import { stubAgent } from './agent-stub.ts';
import type { StubbedAgent } from './agent-stub.ts';
import { fullAgentStatus, leanAgentStatus, sampleDigest } from './agent-status.ts';

/** A client and what has to be closed after it. */
export interface OpenCalls {
  readonly calls: AgentCalls & SettingsCalls & { isServing(signal: AbortSignal): Promise<boolean> };
  close(): Promise<void>;
}

/** Deadlines that a client under test is opened with. */
export interface ContractDeadlines {
  readonly statusMs?: number;
  readonly silenceMs?: number;
}

const operation = { id: 'os-uid/node-uid/3', seq: 3, type: 'upgrade' } as const;
const payload: Payload = {
  imageType: 'disk',
  url: 'https://images/kubeos.img',
  digest: sampleDigest('a'),
  allowInsecure: false,
  mutualTls: true,
  caCert: 'ca.pem',
  clientCert: 'client.pem',
  clientKey: 'client.key',
};
const prepare = { ...operation, version: 'KubeOS 2', payload };
const target = {
  version: 'KubeOS 2',
  payloadDigest: sampleDigest('a'),
  slot: 'B',
  slotDigest: sampleDigest('b'),
} as const;
const activate = { ...operation, target, confirmTimeoutSeconds: 300 };
const confirm = { ...operation, bootId: 'boot', slot: 'B', slotDigest: sampleDigest('b') } as const;
const rollback = { ...operation, version: 'KubeOS 1', confirmTimeoutSeconds: 600 };
const fullAnswer: PhaseAnswer = {
  result: 'Armed',
  slot: 'B',
  slotDigest: sampleDigest('b'),
  version: 'KubeOS 2',
};

/** Declares the tests. `open` starts a client that reaches the given agent. */
export function describeAgentCalls(
  name: string,
  open: (agent: StubbedAgent, deadlines: ContractDeadlines) => Promise<OpenCalls>,
): void {
  describe(`agent calls ${name}`, () => {
    const opened: OpenCalls[] = [];
    const reach = async (agent: Partial<StubbedAgent>, deadlines: ContractDeadlines = {}) => {
      const found = await open(stubAgent(agent), deadlines);
      opened.push(found);
      return found.calls;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((one) => one.close()));
    });
    const toFailure = (thrown: unknown) => KubeosError.from(thrown);
    const unending = new AbortController().signal;

    it.each([
      ['full', fullAgentStatus],
      ['lean', leanAgentStatus],
    ])('carry a %s status unchanged', async (_name, status) => {
      const calls = await reach({ status: async () => status });
      expect(await calls.getStatus(unending)).toEqual(status);
    });

    it('carry every request and answer unchanged', async () => {
      const seen: unknown[] = [];
      const note = async (request: unknown): Promise<PhaseAnswer> => {
        seen.push(request);
        return fullAnswer;
      };
      const calls = await reach({
        prepare: note,
        activate: note,
        confirm: note,
        rollback: note,
        cancel: note,
      });
      const answers = [
        await calls.prepare(prepare, () => undefined, unending),
        await calls.activate(activate, unending),
        await calls.confirm(confirm, unending),
        await calls.rollback(rollback, unending),
        await calls.cancel(operation, unending),
      ];
      expect(seen).toEqual([prepare, activate, confirm, rollback, operation]);
      expect(answers).toEqual(Array(5).fill(fullAnswer));
    });

    it('carry an answer and a request without anything optional', async () => {
      const lean: Payload = {
        imageType: 'containerd',
        image: 'registry/os:2',
        digest: sampleDigest('a'),
        allowInsecure: true,
        mutualTls: false,
      };
      const requests: unknown[] = [];
      const calls = await reach({
        prepare: async (request) => {
          requests.push(request);
          return { result: 'Prepared' };
        },
      });
      const answer = calls.prepare({ ...prepare, payload: lean }, () => undefined, unending);
      expect(await answer).toEqual({ result: 'Prepared' });
      expect(requests).toEqual([{ ...prepare, payload: lean }]);
    });

    it('carry progress in its order, also above 4 GiB', async () => {
      const steps: readonly OperationProgress[] = [
        { step: 'Fetching', bytesDone: 0 },
        { step: 'Writing', bytesDone: 2 ** 40, bytesTotal: 2 ** 41 },
      ];
      const calls = await reach({
        prepare: async (_request, onProgress) => {
          steps.forEach(onProgress);
          return { result: 'Prepared' };
        },
      });
      const seen: OperationProgress[] = [];
      await calls.prepare(prepare, (progress) => void seen.push(progress), unending);
      expect(seen).toEqual(steps);
    });

    it('carry every error code, its message and its details', async () => {
      let next: ErrorCode = 'BUG';
      const calls = await reach({
        cancel: async () => {
          throw new KubeosError(next, `Ending with ${next}: 5 € "é"`, { details: { seq: 3 } });
        },
      });
      for (const code of Object.keys(errorCodes) as ErrorCode[]) {
        next = code;
        const failure = await calls.cancel(operation, unending).catch(toFailure);
        expect(failure).toMatchObject({
          code,
          message: `Ending with ${code}: 5 € "é"`,
          details: { seq: '3' },
        });
      }
    });

    it('carry an error after progress', async () => {
      const calls = await reach({
        prepare: async (_request, onProgress) => {
          onProgress({ step: 'Writing', bytesDone: 1 });
          throw new KubeosError('DIGEST_MISMATCH', 'Not that image');
        },
      });
      const failure = calls.prepare(prepare, () => undefined, unending);
      await expect(failure).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    });

    it.each([
      ['seq', { ...operation, seq: 0 }],
      ['id', { ...operation, id: '' }],
    ])('refuse a request with a bad %s before the agent sees it', async (member, request) => {
      const calls = await reach({ cancel: async () => fullAnswer });
      const failure = await calls.cancel(request, unending).catch(toFailure);
      expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(failure).toHaveProperty('message', expect.stringContaining(member));
    });

    it.each([
      ['url', { url: '' }],
      ['digest', { digest: 'sha256:0' }],
      ['clientCert', { clientCert: '' }],
    ])('refuse a payload with a bad %s', async (member, change) => {
      const calls = await reach({ prepare: async () => fullAnswer });
      const request = { ...prepare, payload: { ...payload, ...change } as Payload };
      const failure = await calls.prepare(request, () => undefined, unending).catch(toFailure);
      expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(failure).toHaveProperty('message', expect.stringContaining(`payload.${member}`));
    });

    it('B-21: answer on after a call that threw, whatever it threw', async () => {
      const calls = await reach({
        status: async () => leanAgentStatus,
        activate: () => {
          throw new TypeError('not even a promise');
        },
        prepare: async (_request, onProgress) => {
          onProgress({ step: 'Writing', bytesDone: Number.NaN });
          return Promise.reject(new RangeError('a rejected promise'));
        },
      });
      await expect(calls.activate(activate, unending)).rejects.toMatchObject({ code: 'BUG' });
      await expect(calls.prepare(prepare, () => undefined, unending)).rejects.toBeInstanceOf(
        KubeosError,
      );
      expect(await calls.getStatus(unending)).toEqual(leanAgentStatus);
    });

    it('B-33: give a silent agent up after their deadline', async () => {
      const calls = await reach(
        { status: () => new Promise(() => undefined), prepare: () => new Promise(() => undefined) },
        { statusMs: 20, silenceMs: 20 },
      );
      const silent = { code: 'AGENT_UNREACHABLE' };
      await expect(calls.getStatus(unending)).rejects.toMatchObject(silent);
      const preparing = calls.prepare(prepare, () => undefined, unending);
      await expect(preparing).rejects.toMatchObject(silent);
    });

    it("end with the caller's own reason, and tell the agent that he has gone", async () => {
      const gone = Promise.withResolvers<undefined>();
      const calls = await reach({
        prepare: (_request, onProgress, signal) => {
          signal.addEventListener('abort', () => gone.resolve(undefined));
          onProgress({ step: 'Writing', bytesDone: 1 });
          return new Promise(() => undefined);
        },
      });
      const caller = new AbortController();
      const reason = new Error('enough');
      const call = calls.prepare(prepare, () => caller.abort(reason), caller.signal);
      await expect(call).rejects.toBe(reason);
      await gone.promise;
      await expect(calls.getStatus(caller.signal)).rejects.toBe(reason);
    });

    it('confirm settings without a slot, and a slot with its digest alone', async () => {
      const { slot: _, slotDigest: __, ...named } = confirm;
      const config = { ...named, type: 'config' } as const;
      const seen: unknown[] = [];
      const calls = await reach({
        confirm: async (request) => {
          seen.push(request);
          return { result: 'Committed' };
        },
      });
      expect(await calls.confirm(config, unending)).toEqual({ result: 'Committed' });
      expect(seen).toEqual([config]);
      for (const request of [named, { ...config, slot: 'B' } as const]) {
        const failure = await calls.confirm(request, unending).catch(toFailure);
        expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT' });
        expect(failure).toHaveProperty('message', expect.stringMatching(/Confirm: slot/));
      }
    });

    describeSettingsCalls(reach);

    it('tell that the agent serves', async () => {
      const calls = await reach({});
      expect(await calls.isServing(unending)).toBe(true);
    });
  });
}
