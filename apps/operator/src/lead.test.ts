import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  keyText,
  KubeosError,
  type ClusterChange,
  type OperatorLoop,
  type ReconcileKey,
  type Requeue,
} from '@kubeos/core';
import { ManualClock, settle, silentLog } from '@kubeos/testing';
import { createLeaderWork, type LeaderWork } from './lead.ts';

const node = (name: string): ReconcileKey => ({ kind: 'node', name });

describe('the work of a leader', () => {
  let clock: ManualClock;
  let work: LeaderWork;
  let begun: string[];
  let passes: string[];
  let terms: PromiseWithResolvers<readonly ReconcileKey[]>[];
  let open: PromiseWithResolvers<Requeue>[];
  let election: { isLeading: boolean; term: number; begin: (term: number) => void };
  let change: (change: ClusterChange) => void;

  beforeEach(() => {
    clock = new ManualClock();
    [begun, passes, terms, open] = [[], [], [], []];
    election = { isLeading: false, term: 0, begin: () => undefined };
    const operator: OperatorLoop = {
      lead() {
        const term = Promise.withResolvers<readonly ReconcileKey[]>();
        terms.push(term);
        return term.promise;
      },
      reconcile(key) {
        begun.push(keyText(key));
        const pass = Promise.withResolvers<Requeue>();
        open.push(pass);
        return pass.promise;
      },
      keysOf: (told) => (told.kind === 'os' ? [] : [node(told.name)]),
    };
    work = createLeaderWork({
      operator,
      cluster: { onChange: (listener) => (change = listener) },
      election: {
        isLeading: () => election.isLeading,
        term: () => election.term,
        onTerm: (listener) => (election.begin = listener),
      },
      clock,
      log: silentLog,
      onPass: (key, result, seconds) => passes.push(`${keyText(key)} ${result} ${seconds}`),
    });
  });

  async function begin(term: number, keys?: readonly ReconcileKey[]): Promise<void> {
    election.isLeading = true;
    election.term = term;
    election.begin(term);
    if (keys !== undefined) terms.at(-1)?.resolve(keys);
    await settle();
  }

  it('B-34: does nothing while another replica leads', async () => {
    change({ kind: 'node', name: 'a' });
    await settle();

    expect(begun).toEqual([]);
  });

  it('begins a term with all keys, and then follows changes', async () => {
    await begin(1, [node('a'), node('b')]);
    expect(begun).toEqual(['node/a', 'node/b']);

    change({ kind: 'instance', name: 'c' });
    expect(begun).toEqual(['node/a', 'node/b', 'node/c']);
  });

  it('makes no pass before the beginning of the term is over', async () => {
    await begin(1);
    change({ kind: 'node', name: 'a' });
    expect(begun).toEqual([]);

    terms[0]?.resolve([node('a')]);
    await settle();
    expect(begun).toEqual(['node/a']);
  });

  it('begins again after a failure, as long as it leads in that term', async () => {
    await begin(1);
    terms[0]?.reject(new KubeosError('API_UNAVAILABLE', 'down'));
    await settle();
    await clock.advance(1000);
    expect(terms).toHaveLength(2);

    terms[1]?.reject(new KubeosError('API_UNAVAILABLE', 'down'));
    await settle();
    election.isLeading = false;
    await clock.advance(2000);
    expect(terms).toHaveLength(2);
  });

  it('makes no more passes once the lease is lost, and begins anew with the next term', async () => {
    await begin(1, [node('a')]);
    election.isLeading = false;
    change({ kind: 'node', name: 'b' });
    open[0]?.resolve({ kind: 'after', seconds: 1 });
    await settle();
    await clock.advance(1000);
    expect(begun).toEqual(['node/a']);

    await begin(2, [node('a')]);
    expect(begun).toEqual(['node/a', 'node/a']);
  });

  it('notes passes with their result and time', async () => {
    await begin(1, [node('a'), node('b')]);
    await clock.advance(2000);
    expect(work.oldestPassSeconds()).toBe(2);

    open[0]?.resolve({ kind: 'onChange' });
    open[1]?.resolve({ kind: 'backoff', attempt: 1 });
    await settle();
    expect(passes).toEqual(['node/a done 2', 'node/b failed 2']);
    expect(work.oldestPassSeconds()).toBe(0);
    expect(work.counts()).toEqual({ ready: 0, delayed: 1, running: 0, failed: 1 });
  });

  it('finishes passes at work when it is drained', async () => {
    await begin(1, [node('a')]);
    let isDrained = false;
    const drained = work.drain().then(() => (isDrained = true));
    await settle();
    expect(isDrained).toBe(false);

    open[0]?.resolve({ kind: 'onChange' });
    await drained;
    change({ kind: 'node', name: 'b' });
    expect(begun).toEqual(['node/a']);
  });
});
