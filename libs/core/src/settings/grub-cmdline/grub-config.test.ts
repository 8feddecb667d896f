import { describe, expect, it } from '@jest/globals';
import { ownConfig, upstreamConfig } from './grub-config.fixture.ts';
import { parseGrubConfig, type GrubConfig } from './parse.ts';
import { problemOnReading } from './plan-file.ts';
import { configOf, outcomes, planned, unreadable } from './planned.fixture.ts';

describe('B-46: the kernel line of a slot', () => {
  const entry = (head: string, root: string, rest = ''): string =>
    `menuentry ${head} {\n  linux /vmlinuz root=${root}${rest}\n}\n`;
  const rescue = entry("'Rescue'", 'r');

  it.each([
    ['titles', entry("'A'", 'a') + rescue + entry('B', 'b')],
    ['titles in another order', rescue + entry('"B"', 'b') + entry("'A'", 'a')],
    [
      'titles behind options',
      entry('--class B --unrestricted A', 'a') + entry('--users "" B', 'b'),
    ],
    ['ids', entry("'One' --id KubeOS-A", 'a') + entry('--id=KubeOS-B Two', 'b') + rescue],
    [
      'ids by variable',
      entry("One $menuentry_id_option 'KubeOS-A'", 'a') +
        entry('${menuentry_id_option} KubeOS-B Two', 'b') +
        rescue,
    ],
    [
      'what is passed on',
      entry('One', 'a', ' kubeos.slot=A') + rescue + entry('Two', 'b', ' kubeos.slot=B'),
    ],
    ['their order', entry('$one', 'a') + entry('"$two"', 'b') + 'menuentry M { linux16 /memtest }'],
    ['their order, without entries', 'linux16 /v root=a\nlinuxefi /v root=b; boot\n'],
    [
      'their order behind an if',
      'if linux /v root=a; then boot; else if ! linux /v root=b\nthen reboot; fi; fi',
    ],
  ])('is found by %s', (_name, text) => {
    expect(planned(text, [{ key: 'n' }], 'A').text).toBe(
      text.replace(/root=a( kubeos.slot=A)?/, '$& n'),
    );
    expect(planned(text, [{ key: 'n' }], 'B').text).toBe(
      text.replace(/root=b( kubeos.slot=B)?/, '$& n'),
    );
  });

  it('is found in our own file', () => {
    const { text } = planned(ownConfig(), [{ key: 'panic', value: '9' }], 'B');
    expect(text).toBe(
      ownConfig(
        undefined,
        'linux ($disk,gpt3)/boot/vmlinuz root=PARTUUID=$puuid ro kubeos.slot=B kubeos.why=$why panic=9',
      ),
    );
  });

  const missing = (slot: string) => ({
    message: `There is no menu entry with a kernel line, with root=, for slot ${slot}`,
  });
  const unnamed = {
    message: 'No menu entry names its slot, and by their order only two can be told apart',
  };
  const doubled = (slot: string, line: number) => ({
    line,
    message: `There is more than one kernel line for slot ${slot}`,
  });

  it.each([
    ['nothing', '', missing('A')],
    ['an entry without root=', 'menuentry A {\n linux /v $args\n}\n', missing('A')],
    ['root= as the kernel', 'linux root=a\nlinux root=b', missing('A')],
    ['a kernel by variable', '$linux /v root=a\n"$linux" /v root=b', missing('A')],
    ['one that is named', entry('A', 'a') + rescue, missing('B')],
    ['one that is not', rescue, unnamed],
    ['three that are not', rescue + rescue + rescue, unnamed],
    ['names in part', entry('A$x', 'a') + entry('B$x', 'b') + rescue, unnamed],
    ['slots by variable', entry('One', 'a', ' kubeos.slot=A$x'), unnamed],
    ['two for A', entry('A', 'a') + entry('B', 'b') + entry('A', 'c'), doubled('A', 8)],
    [
      'two for B',
      entry('A', 'a') + entry('B', 'b') + entry('x --id KubeOS-B', 'c'),
      doubled('B', 8),
    ],
    [
      'an entry that is torn',
      entry('A', 'a', ' kubeos.slot=B') + rescue,
      { line: 2, message: 'A menu entry and its kernel line name different slots' },
    ],
  ])('is not guessed from %s', (_name, text, expected) => {
    expect(unreadable(text)).toEqual({ kind: 'unreadable', ...expected });
  });
});

describe('a grub.cfg', () => {
  it('has to be there', () => {
    expect(unreadable(undefined)).toEqual({ kind: 'unreadable', message: 'There is no grub.cfg' });
  });

  it.each<[string, string, string, number]>([
    [
      'a single quote',
      "echo 'a\n",
      'A quote is not closed, or a backslash is the last character',
      1,
    ],
    [
      'a single quote in a word',
      "\necho a'b",
      'A quote is not closed, or a backslash is the last character',
      2,
    ],
    [
      'a double quote',
      'echo\necho "a\\" $x',
      'A quote is not closed, or a backslash is the last character',
      2,
    ],
    [
      'a translated text',
      'echo $"a',
      'A quote is not closed, or a backslash is the last character',
      1,
    ],
    ['a backslash', 'echo a\\', 'A quote is not closed, or a backslash is the last character', 1],
    ['a block', 'a {\n b {\n }\n', 'A block is not closed', 1],
    ['a brace', 'a {\n}\n}\n', 'A closing brace has no opening one', 3],
    ['NUL', 'a\nb\0', 'There is a NUL character, which cuts off the line', 2],
    [
      'a text with a comment',
      "\necho 'a\n# b'",
      'A text goes on in a line that begins with #, which GRUB drops',
      2,
    ],
  ])('is unreadable with %s', (_name, text, message, line) => {
    expect(unreadable(text)).toEqual({ kind: 'unreadable', line, message });
  });

  it.each([' a&b', ' a|b', ' a<b', ' a$ b', ' "a$ b"', ' a={b}'])(
    'is unreadable with the kernel line %s',
    (args) => {
      const message = 'The kernel line holds a character that GRUB takes only in quotes';
      expect(unreadable(configOf(args))).toMatchObject({ message, line: 37 });
    },
  );

  it('may hold elsewhere what GRUB does not understand', () => {
    const odd = 'a && b | c\n"$ "\n$\n[ $"x $y" ] > "\\x\\\n"\n  # don\'t\n\\a {\n}\n# {\n';
    const text = `\uFEFF${odd}${upstreamConfig()}${odd}`;
    const { text: changed } = planned(text, [{ key: 'panic', value: '4' }]);
    expect(changed).toBe(text.replace('panic=3', 'panic=4'));
  });

  it('is read without its carriage returns, as by GRUB', () => {
    const text = configOf(` qu\riet a="1\r" 'b\r' \\\r\n c=\\\r1\r\r`);
    const settings = [
      { key: 'quiet' },
      { key: 'a', value: '1' },
      { key: 'b' },
      { key: 'c', value: '1' },
    ];
    const plan = planned(text, settings);
    expect(outcomes(plan.settings)).toEqual(settings.map(() => 'unchanged'));
    expect(plan.text).toBe(text);
  });

  it('has to give both kernel lines again after a change', () => {
    const read = (text: string): GrubConfig => {
      const parsed = parseGrubConfig(text);
      if (parsed.kind === 'unreadable') throw new Error(parsed.message);
      return parsed.config;
    };
    const text = configOf(' quiet');
    const message = 'The changed file would not give both kernel lines again';
    expect(problemOnReading(text, read(text))).toBeUndefined();
    expect(problemOnReading(configOf(' panic'), read(text))).toBe(message);
    expect(problemOnReading(configOf(" 'quiet"), read(text))).toBe(message);
  });
});
