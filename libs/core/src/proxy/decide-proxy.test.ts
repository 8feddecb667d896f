import { describe, expect, it } from '@jest/globals';
import type { OperationProgress } from '../api/agent-status.ts';
import type { Operation } from '../api/operation.ts';
import type { OsInstanceStatus } from '../api/os-instance.ts';
import type { CallState } from './call-state.ts';
import { decideProxy, type ProxyDecision, type ProxyInput } from './decide-proxy.ts';
import { conditionsOf } from './conditions.ts';
import { agentStatus, digest, instance, operation, record } from './proxy.fixture.ts';

const now = { wallMs: 1_700_000_000_000, monotonicMs: 100_000 };
const fromRegistry = {
  imageType: 'containerd',
  image: 'registry/kubeos:2',
  digest,
  allowInsecure: false,
  mutualTls: false,
} as const;
const none: CallState = { kind: 'none' };

/** A decision about a node that has reported everything, so that only what is new shows. */
function decide(
  of: Operation | undefined,
  change: Partial<ProxyInput> = {},
  status: OsInstanceStatus = {},
): ProxyDecision {
  const agent = 'agent' in change ? change.agent : agentStatus();
  const acknowledged = of === undefined ? {} : { acknowledged: { seq: of.seq, phase: of.phase } };
  const reported: OsInstanceStatus = {
    nodeUid: 'node-1',
    proxyVersion: '1.0.0',
    ...(agent === undefined ? {} : { agent }),
    ...acknowledged,
    ...status,
  };
  const base = instance(of, reported);
  const conditions = conditionsOf(base, agent, reported.problem, now) ?? [];
  return decideProxy(
    {
      instance: { ...base, status: { ...reported, conditions } },
      agent,
      call: none,
      nodeUid: 'node-1',
      proxyVersion: '1.0.0',
      lastReportMs: undefined,
      ...change,
    },
    now,
  );
}

const types = (decision: ProxyDecision): readonly string[] =>
  decision.actions.map((action) => (action.type === 'startCall' ? action.call.type : action.type));

describe('decideProxy', () => {
  it('waits for the operator to create the object', () => {
    const decision = decide(undefined, { instance: undefined });

    expect(decision).toEqual({
      actions: [],
      requeue: { kind: 'onChange' },
      waiting: 'NoInstance',
    });
  });

  it('makes no call and no write on an idle node', () => {
    expect(decide(undefined)).toEqual({
      actions: [],
      requeue: { kind: 'onChange' },
      waiting: 'NoOperation',
    });
  });

  it('asks for a status once when there is no snapshot', () => {
    expect(types(decide(undefined, { agent: undefined }))).toEqual(['getStatus']);
    const call: CallState = { kind: 'open', key: { seq: 0, phase: 'Status' }, failures: 0 };
    expect(types(decide(undefined, { agent: undefined, call }))).toEqual([]);
  });

  it('acknowledges a phase before it calls', () => {
    const decision = decide(operation(), {}, { acknowledged: { seq: 6, phase: 'GiveBack' } });

    expect(decision.actions).toEqual([
      { type: 'report', patch: { acknowledged: { seq: 7, phase: 'Prepare' } } },
    ]);
  });

  it('acknowledges an upgrade at Prepare and not again at Drain, a rollback at Drain', () => {
    const drain = operation({ phase: 'Drain' });
    const of = (seq: number, phase: string) => ({ acknowledged: { seq, phase } });

    expect(decide(drain, {}, of(7, 'Prepare')).actions).toEqual([]);
    expect(decide(drain, {}, of(6, 'GiveBack')).actions).toEqual([
      { type: 'report', patch: of(7, 'Drain') },
    ]);
  });

  it('lets stand what it acknowledged when the operation is given back and closed', () => {
    const acknowledged = { seq: 7, phase: 'After' };

    expect(decide(operation({ phase: 'GiveBack' }), {}, { acknowledged }).actions).toEqual([]);
    expect(decide(undefined, {}, { acknowledged }).actions).toEqual([]);
  });

  it.each([
    ['Prepare', 'prepare', false],
    ['Activate', 'activate', true],
    ['Cancel', 'cancel', false],
  ] as const)('calls the agent for %s', (phase, type, consistent) => {
    const [action] = decide(operation({ phase })).actions;

    expect(action).toMatchObject({ type: 'startCall', consistent, call: { type } });
  });

  it('names boot id, slot and digest when it asks to confirm', () => {
    const [action] = decide(
      operation({
        phase: 'Confirm',
        target: { version: 'KubeOS 2', slot: 'B', slotDigest: digest },
        confirmBootId: 'boot-2',
      }),
    ).actions;

    expect(action).toMatchObject({
      consistent: true,
      call: {
        type: 'confirm',
        request: {
          id: 'os-1/node-1/7',
          seq: 7,
          bootId: 'boot-2',
          slot: 'B',
          slotDigest: digest,
        },
      },
    });
  });

  it.each(['Drain', 'Before', 'After', 'GiveBack'] as const)(
    'only acknowledges %s without settings',
    (phase) => {
      expect(decide(operation({ phase }))).toMatchObject({ actions: [], waiting: 'PhaseSettled' });
    },
  );

  it.each([
    ['Prepare', false],
    ['After', true],
  ] as const)('configures in %s of a config; after a consistent read: %j', (phase, consistent) => {
    const of = operation({ type: 'config', phase });
    const sysconfigs = { version: '2' };
    const stored = { acknowledged: { seq: 7, phase } };
    const [action] = decide(of, { instance: instance(of, stored, '1', { sysconfigs }) }).actions;

    expect(action).toMatchObject({ type: 'startCall', consistent, call: { type: 'configure' } });
  });

  it.each([
    ['Confirm without a slot', operation({ phase: 'Confirm' }), 'INVALID_ARGUMENT'],
    ['a source that the agent does not offer', operation({ payload: fromRegistry }), 'UNSUPPORTED'],
    ['an operation of another Node', operation({ nodeUid: 'node-0' }), 'STALE'],
  ])('reports %s as a problem', (_what, of, code) => {
    const decision = decide(of);

    expect(types(decision)).toEqual(['report']);
    expect(decision.actions[0]).toMatchObject({ patch: { problem: { seq: 7, code } } });
  });

  it('never acknowledges an operation of another Node', () => {
    const decision = decide(operation({ nodeUid: 'node-0' }));

    expect(decision.actions[0]).toMatchObject({ patch: { acknowledged: null } });
  });

  it('asks an agent for nothing that it does not offer, but always to cancel', () => {
    const agent = agentStatus({ capabilities: [] });

    expect(decide(operation(), { agent }).waiting).toBe('PhaseRefused');
    expect(decide(operation({ phase: 'Activate', type: 'rollback' }), { agent }).waiting).toBe(
      'PhaseRefused',
    );
    expect(types(decide(operation({ phase: 'Cancel' }), { agent }))).toEqual(['cancel']);
  });

  it.each([
    ['the phase is done', record(operation(), { state: 'Done', result: 'Prepared' })],
    ['the phase has failed', record(operation(), { state: 'Failed', result: 'Failed' })],
    ['the trial has ended', record(operation({ phase: 'Activate' }), { result: 'Returned' })],
    ['the settings are in place', record(operation(), { state: 'Done', result: 'Configured' })],
  ])('makes no call when %s', (_what, own) => {
    const decision = decide(operation(), { agent: agentStatus({ operation: own }) });

    expect(decision).toMatchObject({ actions: [], waiting: 'PhaseSettled' });
  });

  it('attaches again to a phase that runs', () => {
    const agent = agentStatus({ operation: record(operation()) });

    expect(types(decide(operation(), { agent }))).toEqual(['prepare']);
  });

  it('asks again to activate after a reboot and when an armed reboot does not come', () => {
    const of = operation({ phase: 'Activate' });
    const own = record(of, { state: 'Done', result: 'Armed' });
    const agent = agentStatus({ operation: own });
    const answered = (bootId: string, atMs: number): CallState => ({
      kind: 'answered',
      key: { seq: 7, phase: 'Activate' },
      result: 'Armed',
      bootId,
      atMs,
    });

    expect(decide(of, { agent, call: answered('boot-1', 90_000) })).toMatchObject({
      actions: [],
      waiting: 'RebootPending',
      requeue: { kind: 'after', seconds: 50 },
    });
    expect(types(decide(of, { agent, call: answered('boot-1', 40_000) }))).toEqual(['activate']);
    expect(types(decide(of, { agent, call: answered('boot-0', 90_000) }))).toEqual(['activate']);
  });

  it('asks again for an outcome that the record of the agent does not show', () => {
    const of = operation({ phase: 'Cancel' });
    const call: CallState = {
      kind: 'answered',
      key: { seq: 7, phase: 'Cancel' },
      result: 'Cancelled',
      bootId: 'boot-1',
      atMs: 90_000,
    };

    expect(decide(of, { call })).toMatchObject({
      actions: [],
      waiting: 'PhaseSettled',
      requeue: { kind: 'after', seconds: 50 },
    });
    expect(types(decide(of, { call: { ...call, atMs: 40_000 } }))).toEqual(['cancel']);
  });

  it('pauses after a failed call and tells why', () => {
    const call: CallState = {
      kind: 'failed',
      key: { seq: 7, phase: 'Prepare' },
      failures: 3,
      failure: { code: 'AGENT_UNREACHABLE', message: 'no answer' },
      retryAtMs: 104_000,
    };
    const problem = {
      seq: 7,
      phase: 'Prepare',
      code: 'AGENT_UNREACHABLE',
      message: 'no answer',
    };

    const first = decide(operation(), { call });
    expect(first.actions[0]).toMatchObject({ type: 'report', patch: { problem } });
    expect(decide(operation(), { call }, { problem })).toMatchObject({
      actions: [],
      requeue: { kind: 'after', seconds: 4 },
    });
    expect(types(decide(operation(), { call: { ...call, retryAtMs: 1 } }, { problem }))).toEqual([
      'prepare',
    ]);
  });

  it('paces what a second proxy of the node, or one of another version, may see differently', () => {
    const problem = { seq: 7, phase: 'Drain', code: 'BUSY', message: 'the other one was told' };
    const of = operation({ phase: 'Drain' });
    const soon = { actions: [], requeue: { kind: 'after', seconds: 1.5 } };

    expect(decide(of, { lastReportMs: 99_500 }, { problem })).toMatchObject(soon);
    expect(decide(of, { lastReportMs: 99_500, proxyVersion: '2.0.0' })).toMatchObject(soon);
    expect(types(decide(of, { lastReportMs: 98_000, proxyVersion: '2.0.0' }))).toEqual(['report']);
  });

  it('takes a problem back when the phase has moved on', () => {
    const problem = { seq: 7, phase: 'Prepare', code: 'BUSY', message: '' };

    const decision = decide(operation({ phase: 'Drain' }), {}, { problem });
    expect(decision.actions[0]).toMatchObject({ type: 'report', patch: { problem: null } });
  });

  it('lets go of a call that is no longer wanted', () => {
    const call: CallState = { kind: 'open', key: { seq: 7, phase: 'Prepare' }, failures: 0 };

    expect(types(decide(operation({ phase: 'Cancel' }), { call }))).toEqual(['endCall', 'cancel']);
    expect(types(decide(undefined, { call }))).toEqual(['endCall']);
    expect(types(decide(undefined, { call, instance: undefined }))).toEqual(['endCall']);
  });

  describe('relaying snapshots', () => {
    const stored = agentStatus({ revision: 5 });

    it.each([
      ['a higher revision of the same boot', agentStatus({ revision: 6 }), true],
      ['the same revision', agentStatus({ revision: 5 }), false],
      ['a lower revision of the same boot', agentStatus({ revision: 4 }), false],
      ['any revision of another boot', agentStatus({ revision: 1, bootId: 'boot-2' }), true],
    ])('%s: written %j', (_what, agent, isWritten) => {
      const decision = decide(undefined, { agent }, { agent: stored });

      expect(decision.actions).toEqual(isWritten ? [{ type: 'report', patch: { agent } }] : []);
    });

    it('leaves out progress without an open call', () => {
      const own = record(operation(), { progress: { step: 'Writing', bytesDone: 5 } });
      const agent = agentStatus({ revision: 6, operation: own });
      const { progress: _, ...rest } = own;

      const report = decide(operation(), { agent }, { agent: stored }).actions[1];
      expect(report).toEqual({
        type: 'report',
        patch: { agent: { ...agent, operation: rest } },
      });
    });

    it('does not repeat progress that the call told before the snapshot did', () => {
      const progress = { step: 'Writing', bytesDone: 5 };
      const before = agentStatus({ revision: 6, operation: record(operation(), { progress }) });
      const call: CallState = {
        kind: 'open',
        key: { seq: 7, phase: 'Prepare' },
        failures: 0,
        progress,
      };
      const agent = { ...before, revision: 7 };

      expect(decide(operation(), { agent, call }, { agent: before }).actions).toEqual([]);
    });

    it('takes progress of the snapshot while the open call tells none, of an unknown whole too', () => {
      const at = (bytesDone: number, revision: number) =>
        agentStatus({
          revision,
          operation: record(operation(), { progress: { step: 'Writing', bytesDone } }),
        });
      const call: CallState = { kind: 'open', key: { seq: 7, phase: 'Prepare' }, failures: 0 };
      const input = { agent: at(6, 7), call, lastReportMs: now.monotonicMs - 10_000 };

      expect(decide(operation(), input, { agent: at(5, 6) }).actions).toEqual([
        { type: 'report', patch: { agent: at(6, 7) } },
      ]);
    });

    describe('with progress', () => {
      const progress = { step: 'Writing', bytesDone: 100, bytesTotal: 1000 };
      const agent = agentStatus({ revision: 6, operation: record(operation(), { progress }) });
      const after = (
        pauseMs: number,
        told: Partial<OperationProgress>,
        status: OsInstanceStatus = {},
      ): ProxyDecision =>
        decide(
          operation(),
          {
            agent,
            call: {
              kind: 'open',
              key: { seq: 7, phase: 'Prepare' },
              failures: 0,
              progress: { ...progress, ...told },
            },
            lastReportMs: now.monotonicMs - pauseMs,
          },
          { agent, ...status },
        );

      it.each([
        ['a twentieth of the whole after 10 seconds', { bytesDone: 150 }, 10_000],
        ['less after a minute', { bytesDone: 149 }, 60_000],
        ['the next step at once', { step: 'Verifying', bytesDone: 0 }, 0],
      ])('writes %s', (_what, told, pauseMs) => {
        expect(types(after(pauseMs, told))).toEqual(['report']);
        if (pauseMs === 0) return;
        expect(after(pauseMs - 500, told)).toMatchObject({
          actions: [],
          requeue: { kind: 'after', seconds: 0.5 },
        });
      });

      it('does not hold back with it what does not wait so long', () => {
        const problem = { seq: 7, phase: 'Prepare', code: 'BUSY', message: '' };

        expect(types(after(2000, { bytesDone: 101 }, { problem }))).toEqual(['report']);
        expect(types(after(1500, { bytesDone: 101 }, { problem }))).toEqual([]);
      });
    });
  });
});
