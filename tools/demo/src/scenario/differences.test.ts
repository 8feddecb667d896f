import { describe, expect, it } from '@jest/globals';

import { differences } from './differences.ts';

describe('differences', () => {
  it('names what was expected and what was found', () => {
    expect(differences('node-1', { cordon: 'none' }, { cordon: 'cordoned' })).toEqual([
      'node-1: cordon: expected none, found cordoned',
    ]);
  });

  it('takes what is not there as nothing', () => {
    expect(differences('node-1', { 'booted slot': 'B' }, {})).toEqual([
      'node-1: booted slot: expected B, found nothing',
    ]);
  });

  it('leaves alone what nobody expects anything of', () => {
    expect(differences('node-1', { a: '1' }, { a: '1', b: '2' })).toEqual([]);
  });
});
