import { describe, expect, it } from '@jest/globals';
import { assertNever, describeFailure, hasCode, KubeosError } from './kubeos-error.ts';

describe('KubeosError', () => {
  it('reads kind, class and reason from the table', () => {
    const error = new KubeosError('DIGEST_MISMATCH', 'Expected a, found b', {
      details: { bytes: 5 },
    });

    expect(error).toMatchObject({
      name: 'KubeosError',
      code: 'DIGEST_MISMATCH',
      kind: 'permanent',
      outcome: 'bad',
      reason: 'DigestMismatch',
      message: 'Expected a, found b',
      details: { bytes: 5 },
    });
    expect('cause' in error).toBe(false);
  });

  it('keeps one of its own as it is', () => {
    const error = new KubeosError('STALE', 'Too late');

    expect(KubeosError.from(error)).toBe(error);
    expect(error.details).toEqual({});
  });

  it.each<[unknown, string]>([
    [new RangeError('Out of range'), 'Out of range'],
    ['a text', 'a text'],
    [404, '404'],
  ])('takes what no adapter translated for a bug: %p', (thrown, message) => {
    expect(KubeosError.from(thrown)).toMatchObject({ code: 'BUG', message, cause: thrown });
  });
});

describe('hasCode', () => {
  it('is true for an error of ours with one of the codes', () => {
    const error = new KubeosError('STALE', 'Too late');

    expect(hasCode(error, 'BUSY', 'STALE')).toBe(true);
    expect(hasCode(error, 'BUSY')).toBe(false);
    expect(hasCode(new Error('STALE'), 'STALE')).toBe(false);
  });
});

describe('describeFailure', () => {
  it.each<[string, unknown, string]>([
    ['one without a cause', new KubeosError('STALE', 'Too late'), 'Too late'],
    ['what no adapter translated', new RangeError('Out of range'), 'Out of range'],
    [
      'a chain of ours',
      new KubeosError('BUSY', 'No build', {
        cause: new KubeosError('STALE', 'Too late', { cause: new Error('EBUSY') }),
      }),
      'No build: Too late: EBUSY',
    ],
    [
      'one that tells its cause already',
      new KubeosError('BUSY', 'No build: EBUSY', { cause: new Error('EBUSY') }),
      'No build: EBUSY',
    ],
    ['one from another realm', new KubeosError('BUSY', 'No', { cause: { message: 'E' } }), 'No: E'],
    ['a cause that says nothing', new KubeosError('BUSY', 'No', { cause: 7 }), 'No'],
  ])('tells %s', (_, thrown, text) => {
    expect(describeFailure(thrown)).toBe(text);
  });
});

describe('assertNever', () => {
  it('throws BUG when a case was forgotten after all', () => {
    // What a newer program may send over the wire.
    const value = JSON.parse('"later"') as never;

    expect(() => assertNever(value)).toThrow('Unexpected value "later"');
  });
});
