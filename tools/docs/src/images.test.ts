/** Checks what the documents say to kbimg. */
import { describe, expect, it } from '@jest/globals';
import { checkRecipeFor, parseRecipe } from '@kubeos/core/image';
import { parseCommandLine } from '@kubeos/kbimg';
import { examplesOf } from './pages.ts';

const recipes = examplesOf('toml', 'recipe');

describe('recipes', () => {
  it('are there', () => {
    expect(recipes.length).toBeGreaterThan(2);
  });

  it.each(recipes)('$where can be built', ({ text }) => {
    const parsed = parseRecipe(text);
    if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.issues));
    const { recipe } = parsed;
    const kind = recipe.fromRepo.upgradeImg === undefined ? 'vm-img' : 'upgrade-img';
    expect(checkRecipeFor(recipe, kind, 'amd64')).toEqual([]);
  });

  it('that are wrong are told so in the words of the page', () => {
    const told = examplesOf('toml', 'wrong').map(({ text }) => {
      const parsed = parseRecipe(text);
      return parsed.kind === 'ok'
        ? []
        : parsed.issues.map(
            ({ line, column, path, message }) =>
              `kbimg.toml:${line}:${column}: ${path}: ${message}`,
          );
    });
    const shown = examplesOf('text', 'issues').map(({ text }) => text.trimEnd().split('\n'));
    expect(told).toEqual(shown);
    expect(told).not.toEqual([]);
  });
});

describe('commands', () => {
  const lines = examplesOf('sh', 'kbimg').flatMap(({ where, text }) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ where, line })),
  );

  it('are there', () => {
    expect(lines.length).toBeGreaterThan(2);
  });

  it.each(lines)('$where: $line', ({ line }) => {
    const [program, ...argv] = line.split(' ');
    expect(program).toBe('kbimg');
    expect(parseCommandLine(argv).command).toBe('create');
  });
});
