import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRecipe } from './parse-recipe.ts';
import { fullRecipe } from './recipe.fixture.ts';
import { recipeReference } from './reference.ts';

const names = recipeReference().flatMap(({ name, keys }) => [name, ...keys.map((key) => key.name)]);
const pieces = [
  ...['[', ']', '[[', ']]', '{', '}', '=', '.', ',', '"', "'", '"""', "'''", '#', '\n', '\r\n'],
  ...['\r', ' ', '\\', '\0', '\uFEFF', '\uD800', '😀', 'a', '0', '-1', '1.5', '1979-05-27', 'true'],
  ...['nan', '__proto__', 'constructor', '"x.repo"', '"$6$aaaaaaaa$"', '\n[from_repo]\n', ' = '],
];
const soup = fc
  .array(fc.constantFrom(...pieces, ...names), { maxLength: 60, size: 'max' })
  .map((list) => list.join(''));

/** A recipe with some of its characters replaced. */
const damaged = fc
  .tuple(fc.nat(fullRecipe.length), fc.nat(30), soup)
  .map(([at, length, text]) => fullRecipe.slice(0, at) + text + fullRecipe.slice(at + length));

/** Of the secrets that fullRecipe holds; no message may hold one of them, whatever else is wrong. */
const secrets = /HashOfTheTest|SecretOfTheTest|Secret\\OfTheTest/u;

describe('reading any text at all', () => {
  it('never throws, and every mistake lies within the text', () => {
    fc.assert(
      fc.property(fc.oneof(soup, damaged, fc.string({ unit: 'binary', size: 'large' })), (text) => {
        const result = parseRecipe(text);
        if (result.kind === 'ok') return;
        expect(result.issues.length).toBeGreaterThan(0);
        const lines = text.replace(/^\uFEFF/u, '').split('\n');
        for (const { line, column } of result.issues) {
          const length = lines[line - 1]?.length ?? -1;
          expect(column).toBeGreaterThan(0);
          expect(column).toBeLessThanOrEqual(length + 1);
        }
        expect('polluted' in {}).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('B-67: never shows a secret', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const result = parseRecipe(text);
        if (result.kind === 'ok') return;
        for (const { path, message } of result.issues)
          expect(`${path} ${message}`).not.toMatch(secrets);
      }),
      { numRuns: 500 },
    );
  });
});
