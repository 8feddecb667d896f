import { describe, expect, it } from '@jest/globals';
import { readMarkdown } from './markdown.ts';
import { settingsExamplesOf } from './settings-examples.ts';

const entry = ['yaml entry', '- model: pam.limits'] as const;
const object = ['yaml test', 'spec: { upgradeconfigs: { version: u } }'] as const;
const after = ['text after', 'b'] as const;

function examplesIn(...blocks: readonly (readonly [string, string])[]) {
  const text = blocks.map(([head, body]) => `\`\`\`${head}\n${body}\n\`\`\`\n`).join('');
  return settingsExamplesOf({ path: 'p.md', fences: readMarkdown(text).fences });
}

describe('the blocks of a page', () => {
  it('belong to the request before them', () => {
    const before = ['yaml before', 'a'] as const;
    expect(examplesIn(entry, before, after, ['sh test', 'true'], object, after)).toEqual([
      {
        where: 'p.md:2',
        set: { configs: [{ model: 'pam.limits' }] },
        told: { before: 'a\n', after: 'b\n' },
      },
      { where: 'p.md:14', set: { version: 'u' }, told: { after: 'b\n' } },
    ]);
  });

  it('may show an object that stands for itself', () => {
    expect(examplesIn(object)).toEqual([]);
  });

  it.each([
    ['that follow no request', [after, entry, after], 'p.md:2: there is no request'],
    ['that say nothing of what becomes of it', [entry, ['text before', 'a']], 'p.md:2: nothing'],
    ['that say it twice', [entry, after, after], 'p.md:2: something is said twice'],
  ] as const)('are refused %s', (_what, blocks, message) => {
    expect(() => examplesIn(...blocks)).toThrow(message);
  });
});
