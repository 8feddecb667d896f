import { describe, expect, it } from '@jest/globals';
import type { OutcomeClass } from '../api/operation.ts';
import { errorCodes, isErrorCode, type ErrorCode, type ErrorKind } from './codes.ts';
import { errorKinds, type RequeueAfterError } from './kinds.ts';

const codes = Object.keys(errorCodes).filter(isErrorCode);

const kinds: readonly ErrorKind[] = [
  'invalid',
  'notFound',
  'conflict',
  'transient',
  'permanent',
  'unsafe',
  'bug',
];
const classes: readonly OutcomeClass[] = [
  'bad',
  'unconfirmed',
  'interrupted',
  'transient',
  'blocked',
  'lost',
];

describe('the table of errors', () => {
  it.each(codes)('%s has a kind, a class and a reason in CamelCase', (code) => {
    const { kind, outcome, reason } = errorCodes[code];

    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(kinds).toContain(kind);
    expect(classes).toContain(outcome);
    expect(reason).toMatch(/^([A-Z]+[a-z]*)+$/);
  });

  it('has a reason of its own for each code', () => {
    const reasons = codes.map((code) => errorCodes[code].reason);

    expect(new Set(reasons).size).toBe(codes.length);
  });

  it('names the reason like the code, so that one can be found by the other', () => {
    const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
    const different = codes.filter((code) => plain(code) !== plain(errorCodes[code].reason));

    expect(different).toEqual(['BUG'] satisfies ErrorCode[]);
  });

  it('never counts against a node what only asks for another try', () => {
    for (const code of codes) {
      const { kind, outcome } = errorCodes[code];
      if (kind === 'transient' || kind === 'conflict') {
        expect(['transient', 'blocked', 'interrupted']).toContain(outcome);
      }
    }
  });

  it('knows its own codes only', () => {
    expect(isErrorCode('STALE')).toBe(true);
    expect(isErrorCode('Stale')).toBe(false);
    expect(isErrorCode('toString')).toBe(false);
  });
});

describe('the table of kinds', () => {
  it('says what follows from every kind', () => {
    const requeues: readonly RequeueAfterError[] = ['backoff', 'soon', 'onChange'];

    expect(Object.keys(errorKinds).sort()).toEqual([...kinds].sort());
    for (const { requeue, grpcStatus, exitCode } of Object.values(errorKinds)) {
      expect(requeues).toContain(requeue);
      // 0 is success in both worlds; 16 is the last status of gRPC, 64 to 78 are those of sysexits.
      expect(grpcStatus > 0 && grpcStatus <= 16).toBe(true);
      expect(exitCode >= 64 && exitCode <= 78).toBe(true);
    }
  });
});
