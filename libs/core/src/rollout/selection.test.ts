import { describe, expect, it } from '@jest/globals';
import { nodeSelectorLabel } from '../api/names.ts';
import type { NodeSelector } from '../api/os.ts';
import { compareAge, isSelected } from './selection.ts';

const all: NodeSelector = { kind: 'all' };
const unlabelled: NodeSelector = { kind: 'unlabelled' };
const empty: NodeSelector = { kind: 'value', value: '' };
const edge: NodeSelector = { kind: 'value', value: 'edge' };
const labelled = (value: string) => ({ labels: { [nodeSelectorLabel]: value } });
const plain = { labels: {} };

describe('isSelected', () => {
  it.each([
    ['all', all, plain, true],
    ['all', all, labelled('edge'), true],
    ['no label', unlabelled, plain, true],
    ['no label', unlabelled, labelled(''), false],
    ['the empty value', empty, labelled(''), true],
    ['the empty value', empty, plain, false],
    ['a value', edge, labelled('edge'), true],
    ['a value', edge, labelled('core'), false],
  ])('chooses by %s', (_name, selector, node, expected) => {
    expect(isSelected(selector, node)).toBe(expected);
  });

  it.each(['control-plane', 'master'])('leaves out nodes with role %s', (role) => {
    expect(isSelected(all, { labels: { [`node-role.kubernetes.io/${role}`]: '' } })).toBe(false);
  });
});

describe('compareAge', () => {
  it('puts the older object first, and of equally old ones the smaller uid', () => {
    const at = (creationTimestamp: string, uid: string) => ({ creationTimestamp, uid });
    const sorted = [
      at('2026-02-01T00:00:00Z', 'a'),
      at('2026-01-01T00:00:00Z', 'c'),
      at('2026-01-01T00:00:00Z', 'b'),
    ].sort(compareAge);
    expect(sorted.map(({ uid }) => uid)).toEqual(['b', 'c', 'a']);
  });
});
