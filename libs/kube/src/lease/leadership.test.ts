import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock, settle, silentLog } from '@kubeos/testing';
import { createLeadership, type Election, type LeadershipOptions } from './leadership.ts';
import { LeaseServer, type Line } from './lease-server.fixture.ts';

interface Candidate {
  readonly election: Election;
  readonly line: Line;
  readonly terms: number[];
  readonly stop: () => Promise<void>;
}

const clock = new ManualClock();
const stops: (() => Promise<void>)[] = [];

function candidate(
  server: LeaseServer,
  identity: string,
  more: Pick<LeadershipOptions, 'seize' | 'lingerSeconds'> = {},
): Candidate {
  const { api, line } = server.client();
  const options = { api, clock, log: silentLog, namespace: 'ns', name: 'l', identity, ...more };
  const election = createLeadership(options);
  const terms: number[] = [];
  election.onTerm((term) => terms.push(term));
  const abort = new AbortController();
  const running = election.run(abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort();
    await running;
  };
  stops.push(stop);
  return { election, line, terms, stop };
}

/** Moves on in small steps and checks at each that there is one leader at most. */
async function pass(seconds: number, candidates: readonly Candidate[]): Promise<void> {
  for (let step = 0; step < seconds * 2; step += 1) {
    await clock.advance(500);
    const leaders = candidates.filter(({ election }) => election.isLeading());
    expect(leaders.length).toBeLessThanOrEqual(1);
  }
}

describe('the election', () => {
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });

  it('makes the first candidate leader and keeps it while it renews', async () => {
    const server = new LeaseServer(clock);
    const a = candidate(server, 'a');
    await settle();
    const b = candidate(server, 'b');

    await pass(60, [a, b]);
    expect(a.election.isLeading()).toBe(true);
    expect(a.terms).toEqual([1]);
    expect(b.terms).toEqual([]);
  });

  it('hands over at once when the leader stops', async () => {
    const server = new LeaseServer(clock);
    const a = candidate(server, 'a');
    await settle();
    const b = candidate(server, 'b');
    await pass(4, [a, b]);

    await a.stop();
    expect(a.election.isLeading()).toBe(false);
    expect(server.spec?.['holderIdentity']).toBe('');
    await pass(3, [a, b]);
    expect(b.election.isLeading()).toBe(true);
  });

  it('ends the old leader by its own clock before another one begins', async () => {
    const server = new LeaseServer(clock);
    const a = candidate(server, 'a');
    await settle();
    const b = candidate(server, 'b');
    await pass(4, [a, b]);

    a.line.isCut = true;
    await pass(9, [a, b]);
    await pass(2, [a, b]);
    expect(a.election.isLeading()).toBe(false);
    expect(b.election.isLeading()).toBe(false);
    await pass(10, [a, b]);
    expect(b.election.isLeading()).toBe(true);

    a.line.isCut = false;
    await pass(30, [a, b]);
    expect(a.election.isLeading()).toBe(false);
    expect(a.terms).toEqual([1]);
  });

  it('does not lead by a renewal of which it heard nothing', async () => {
    const server = new LeaseServer(clock);
    const a = candidate(server, 'a');
    await pass(4, [a]);

    a.line.isDeaf = true;
    await pass(12, [a]);
    expect(a.election.isLeading()).toBe(false);
  });

  it('keeps leading over new connections when the kept ones are dead without a word', async () => {
    const server = new LeaseServer(clock);
    const a = candidate(server, 'a');
    await pass(4, [a]);

    a.line.isStuck = true;
    await pass(60, [a]);
    expect(a.election.isLeading()).toBe(true);
    expect(a.terms).toEqual([1]);
    a.line.isStuck = false;
    await pass(4, [a]);
  });

  it('begins a new term when it leads again after a break that nobody used', async () => {
    const server = new LeaseServer(clock);
    const a = candidate(server, 'a');
    await pass(4, [a]);

    a.line.isCut = true;
    await pass(12, [a]);
    a.line.isCut = false;
    await pass(4, [a]);
    expect(a.election.isLeading()).toBe(true);
    expect(a.terms).toEqual([1, 2]);
    expect(a.election.term()).toBe(2);
    expect(server.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1 });
  });

  it('waits the whole duration of a leader that it has just come to see', async () => {
    const server = new LeaseServer(clock);
    server.spec = { holderIdentity: 'gone', leaseDurationSeconds: 40 };
    const a = candidate(server, 'a');

    await pass(39, [a]);
    expect(a.election.isLeading()).toBe(false);
    await pass(5, [a]);
    expect(a.election.isLeading()).toBe(true);
  });

  it('takes the lease from a leader at work, and leads when that one has noticed', async () => {
    const server = new LeaseServer(clock);
    const a = candidate(server, 'a');
    await settle();
    const b = candidate(server, 'b');
    await pass(4, [a, b]);

    const last = candidate(server, 'last', { seize: true });
    await pass(14, [a, b, last]);
    expect(server.spec?.['holderIdentity']).toBe('last');
    expect(last.terms).toEqual([]);
    await pass(4, [a, b, last]);
    expect(last.election.isLeading()).toBe(true);
    await pass(60, [a, b, last]);
    expect(last.terms).toEqual([1]);
  });

  it('leads at once where there is nobody to take the lease from', async () => {
    const server = new LeaseServer(clock);
    const last = candidate(server, 'last', { seize: true });
    await settle();
    expect(last.election.isLeading()).toBe(true);
  });

  it('lets one of two that take the lease from each other have it', async () => {
    const server = new LeaseServer(clock);
    const first = candidate(server, 'first', { seize: true });
    const second = candidate(server, 'second', { seize: true });
    await pass(60, [first, second]);
    const leading = [first, second].filter(({ election }) => election.isLeading());
    expect(leading).toHaveLength(1);
  });

  it('leaves the lease behind for as long as it is told to', async () => {
    const server = new LeaseServer(clock);
    const last = candidate(server, 'last', { lingerSeconds: () => 60 });
    await settle();
    const b = candidate(server, 'b');
    await pass(4, [last, b]);
    await last.stop();
    await pass(55, [last, b]);
    expect(b.election.isLeading()).toBe(false);
    await pass(10, [last, b]);
    expect(b.election.isLeading()).toBe(true);
  });

  it('gives the lease back that it took and did not come to lead by', async () => {
    const server = new LeaseServer(clock);
    const a = candidate(server, 'a');
    await settle();
    const last = candidate(server, 'last', { seize: true });
    await pass(4, [a, last]);
    await last.stop();
    await pass(4, [a, last]);
    expect(a.election.isLeading()).toBe(true);
  });
});
