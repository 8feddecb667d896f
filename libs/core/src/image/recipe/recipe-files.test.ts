import { describe, expect, it } from '@jest/globals';
import { parseRecipe } from './parse-recipe.ts';
import { fullRecipe, leastRecipe } from './recipe.fixture.ts';

const namesOf = (text: string): readonly string[] =>
  parseRecipe(text).files.map(({ file }) => file);

describe('the files of a recipe', () => {
  it('have the place of the key that names them', () => {
    expect(parseRecipe(fullRecipe).files).toEqual([
      { path: 'from_repo.repo_path', file: 'debian.sources', expected: 'file', line: 4, column: 1 },
      {
        ...{ path: 'from_repo.agent_path', file: '/opt/kubeos/agent.cjs', expected: 'file' },
        ...{ line: 5, column: 1 },
      },
      { path: 'copy_files[0].src', file: 'files/motd', expected: 'any', line: 25, column: 1 },
      { path: 'copy_files[1].src', file: 'files/units', expected: 'any', line: 29, column: 1 },
      {
        path: 'chroot_script.path',
        file: 'scripts/last.sh',
        expected: 'file',
        line: 40,
        column: 1,
      },
    ]);
  });

  it('are two at least', () => {
    expect(namesOf(leastRecipe)).toEqual(['kubeos.repo', 'agent.cjs']);
  });

  it('are known in a recipe with mistakes, but for keys that are wrong themselves', () => {
    const wrong = `${leastRecipe}colour = 1\n[chroot_script]\npath = ""\n[[copy_files]]\nsrc = 1\n[[copy_files]]\nsrc = "motd"\n`;
    expect(namesOf(wrong)).toEqual(['kubeos.repo', 'agent.cjs', 'motd']);
    expect(namesOf('not TOML')).toEqual([]);
  });
});
