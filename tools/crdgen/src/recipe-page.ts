import { recipeReference, type KeyReference, type TableReference } from '@kubeos/core/image';
import { cell, generated, table } from './markdown.ts';

/** The reference page of recipes: every table and key of `kbimg.toml`. */
export function recipePage(): string {
  return [
    generated(),
    '# kbimg.toml\n\nThe recipe that `kbimg create --file` builds images from, in TOML. Keys and tables that are not here are mistakes, and ' +
      'kbimg reports all mistakes at once, with line and column, before it builds anything. Values of keys marked secret are in no message, no log and no argument of a program.\n',
    'Paths of the build host that are relative count from the folder of the recipe.\n',
    ...recipeReference().map(section),
  ].join('\n');
}

function section({ name, isArray, isRequired, meaning, keys }: TableReference): string {
  const title = isArray ? `[[${name}]]` : `[${name}]`;
  const presence = isRequired ? 'Required.' : isArray ? 'As often as wanted.' : 'Optional.';
  return [
    `## ${title}\n\n${meaning} ${presence}\n`,
    table(
      ['Key', 'Type', 'Default', 'Values', 'Meaning'],
      keys.map((key) => [
        `\`${key.name}\``,
        key.type,
        presenceOf(key),
        valuesOf(key),
        meaningOf(key),
      ]),
    ),
  ].join('\n');
}

function presenceOf({ presence }: KeyReference): string {
  if (presence === 'optional') return '';
  return presence === 'required' ? presence : `\`${presence}\``;
}

/** Not as Markdown, which would take some of the characters that rules name for its own. */
function valuesOf({ rule }: KeyReference): string {
  return cell(rule.replaceAll(/[\\`*_<>#]/g, '\\$&').replaceAll('&', '&amp;'));
}

function meaningOf({ meaning, isSecret }: KeyReference): string {
  return cell(isSecret ? `${meaning} Secret.` : meaning);
}
