import { describe, expect, it } from '@jest/globals';
import { hideSecrets } from './secrets.ts';
import { plainRecipe } from './root.fixture.ts';

describe('hideSecrets', () => {
  const recipe = {
    ...plainRecipe('debian.sources', 'apt', []),
    grub: { passwd: 'menu-word' },
    users: [
      { name: 'ann', passwd: 'word', groups: [] },
      { name: 'tom', passwd: 'word-and-more', groups: [] },
    ],
  };

  it('B-67: leaves nothing of passwords and hashes, nor the end of one that begins with another', () => {
    const said = 'word, word-and-more, menu-word, $6$saltsalt$roothash, nothing else';
    expect(hideSecrets(said, recipe)).toBe('***, ***, ***, ***, nothing else');
  });

  it('takes no sign of a locked account for a secret', () => {
    const fromRepo = { ...recipe.fromRepo, rootPasswd: '*' };
    expect(hideSecrets('2 * 3', { ...recipe, fromRepo })).toBe('2 * 3');
  });
});
