import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { decodeSnapshot } from './snapshot.ts';
import { fullAgentStatus as fullStatus, leanAgentStatus as leanStatus } from '@kubeos/testing';

const read = (change: Readonly<Record<string, unknown>>) =>
  decodeSnapshot(JSON.stringify({ ...fullStatus, ...change }));

describe('snapshot', () => {
  it.each([
    ['everything', fullStatus],
    ['nothing that is optional', leanStatus],
  ])('reads a status with %s', (_name, status) => {
    expect(decodeSnapshot(JSON.stringify(status))).toEqual(status);
  });

  it('drops what a newer agent knows and this program does not', () => {
    const status = read({
      capabilities: ['disk', 'flight'],
      warnings: [{ reason: 'NewWord', message: 'x' }, ...fullStatus.warnings],
      newMember: 1,
    });
    expect(status).toEqual({ ...fullStatus, capabilities: ['disk'] });
  });

  it('reads a failure whose code it does not know', () => {
    const lastFailure = { seq: 4, code: 'NEW_CODE', class: 'bad', message: 'it broke' };
    expect(read({ lastFailure }).lastFailure).toEqual({ ...lastFailure, code: 'BUG' });
  });

  it.each([
    ['a torn file', '{"apiVersion":"v1"'],
    ['an empty file', ''],
    ['another document', '[]'],
    ['a bad member', JSON.stringify({ ...fullStatus, held: 'perhaps' })],
    ['a bad digest', JSON.stringify({ ...fullStatus, slots: { A: { slotDigest: 'md5:1' } } })],
  ])('refuses %s', (_name, text) => {
    expect(() => decodeSnapshot(text)).toThrow(KubeosError);
    expect(() => decodeSnapshot(text)).toThrow("Reading the agent's snapshot");
  });
});
