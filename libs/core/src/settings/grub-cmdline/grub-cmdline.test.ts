import { describe, expect, it } from '@jest/globals';
import type { Setting, SettingPlan } from '../setting.ts';
import { commandLineLength } from './argument.ts';
import { upstreamConfig } from './grub-config.fixture.ts';
import { planKernelLine } from './index.ts';
import { kernelGets } from './kernel-reader.fixture.ts';
import { change, configOf, outcomes, planned, unreadable } from './planned.fixture.ts';

describe('the kernel line', () => {
  it.each<[string, Setting, string, SettingPlan['outcome']]>([
    [' quiet', { key: 'quiet', operation: 'delete' }, '', 'removed'],
    [' quiet', { key: 'quiet', value: '', operation: 'delete' }, '', 'removed'],
    [' quiet', { key: 'quiet', value: 'x', operation: 'delete' }, ' quiet', 'unchanged'],
    [' quiet', { key: 'quiet', value: '1' }, ' quiet=1', 'set'],
    [' quiet', { key: 'quiet' }, ' quiet', 'unchanged'],
    [' quiet', { key: 'quiet', value: null }, ' quiet', 'unchanged'],
    [' panic=10', { key: 'panic', value: '30' }, ' panic=30', 'set'],
    [' panic=10', { key: 'panic', value: 30 }, ' panic=30', 'set'],
    [' panic=10', { key: 'panic', value: 10 }, ' panic=10', 'unchanged'],
    [' panic=10', { key: 'panic', value: '30', operation: 'update' }, ' panic=30', 'set'],
    [' panic=10', { key: 'panic', value: '' }, ' panic=10', 'refused'],
    [' panic=10', { key: 'panic', value: '10', operation: 'delete' }, '', 'removed'],
    [' panic=10', { key: 'panic', value: '99', operation: 'delete' }, ' panic=10', 'unchanged'],
    [' panic=10', { key: 'panic', value: '', operation: 'delete' }, ' panic=10', 'refused'],
    ['', { key: 'iommu', value: 'pt' }, ' iommu=pt', 'added'],
    ['', { key: 'x', value: true }, ' x=true', 'added'],
    ['', { key: 'audit', value: '' }, ' audit', 'added'],
    ['', { key: 'audit', operation: 'delete' }, '', 'unchanged'],
    ['', { key: '', value: '1' }, '', 'refused'],
    ['', { key: 'a=b', value: '1' }, '', 'refused'],
    [' foo=', { key: 'foo', operation: 'delete' }, '', 'removed'],
    [' foo=', { key: 'foo' }, ' foo=', 'refused'],
    [' foo=', { key: 'foo', value: '1' }, ' foo=1', 'set'],
    [' foo=a=b', { key: 'foo', value: 'a=c' }, ' foo=a=c', 'set'],
  ])('%j with %j becomes %j: %s', (args, setting, expected, outcome) => {
    const changed = change(args, setting);
    expect(changed.args).toBe(expected);
    expect(outcomes(changed.plans)).toEqual([outcome]);
    expect(changed.plans[0]?.reason !== undefined).toBe(outcome === 'refused');
  });

  it('is changed by the example of upstream, but keeps its indentation', () => {
    const changed = change(
      ' quiet panic=10',
      { key: 'panic', value: '30' },
      { key: 'quiet', value: '', operation: 'delete' },
      { key: 'audit', value: '' },
    );
    expect(changed.args).toBe(' panic=30 audit');
    expect(changed.plans).toEqual([
      { key: 'panic', outcome: 'set', before: '10', after: '30' },
      { key: 'quiet', outcome: 'removed', before: '' },
      { key: 'audit', outcome: 'added', after: '' },
    ]);
  });

  it('is that of the slot that is asked for', () => {
    const text = upstreamConfig();
    const changed = planned(text, [{ key: 'panic', value: '9' }], 'B').text;
    expect(changed).toBe(
      upstreamConfig(undefined, 'linux   /boot/vmlinuz root=PARTUUID=bb ro quiet panic=9'),
    );
  });

  it('keeps blanks, tabs, comments and carriage returns', () => {
    const text = configOf('  quiet\t a=1   b=2  # why').replaceAll('\n', '\r\n');
    const changed = planned(text, [
      { key: 'a', value: '2' },
      { key: 'quiet', operation: 'delete' },
      { key: 'c' },
    ]);
    expect(changed.text).toBe(configOf('\t a=2   b=2 c  # why').replaceAll('\n', '\r\n'));
  });

  it('keeps the end of a file that has no newline there', () => {
    const text = upstreamConfig().trimEnd();
    expect(planned(text, [{ key: 'panic', value: '3' }]).text).toBe(text);
  });

  it('takes a new argument before what is for init', () => {
    expect(change(' quiet -- single', { key: 'single' }, { key: 'debug' }).args).toBe(
      ' quiet single debug -- single',
    );
  });

  it('knows dashes and underscores for the same and keeps the spelling of the file', () => {
    const changed = change(
      ' nmi_watchdog=1 rd-x',
      { key: 'nmi-watchdog', value: '0' },
      { key: 'rd_x', operation: 'delete' },
    );
    expect(changed.args).toBe(' nmi_watchdog=0');
    expect(changed.plans[0]).toEqual({
      key: 'nmi-watchdog',
      outcome: 'set',
      before: '1',
      after: '0',
    });
  });

  it('follows a command that goes on behind a backslash', () => {
    const text = configOf(' quiet \\\n# dropped\n    a=1 \\\n    b=\\\n2 \\\n');
    const settings = [
      { key: 'b', value: '3' },
      { key: 'a', value: '1', operation: 'delete' },
      { key: 'c' },
    ];
    expect(planned(text, settings).text).toBe(configOf(' quiet \\\n    b=3 c \\\n'));
  });

  it('has to fit into what the kernel takes', () => {
    const text = configOf('');
    const most = 2047 - 'BOOT_IMAGE=/boot/vmlinuz root=PARTUUID=x ro x='.length;
    const wish = (length: number) => [{ key: 'x', value: 'y'.repeat(length) }];
    expect(planned(text, wish(most)).settings[0]?.outcome).toBe('added');
    expect(planKernelLine(text, 'A', wish(most + 1))).toEqual({
      kind: 'unreadable',
      message: 'The kernel line would be longer than the 2047 characters that kernels take',
    });
    const tooLong = configOf(` x=${'y'.repeat(3000)}`);
    expect(planned(tooLong, [{ key: 'x', value: 'y'.repeat(2500) }]).settings[0]?.outcome).toBe(
      'set',
    );
  });

  it.each([
    ['/boot/vmlinuz', 24],
    ['a b', 16],
    [`'"\\`, 17],
  ])('is as long as GRUB makes it: %s', (text, length) => {
    const word = { gap: ' ', raw: '', text, hasVariable: false };
    expect(commandLineLength([word])).toBe(length);
    expect(commandLineLength([word, word])).toBe(2 * length - 10);
  });
});

describe('B-46: keys that come again', () => {
  const consoles = ' console=tty0 quiet console=ttyS0';
  it.each<[string, readonly Setting[], string, readonly string[]]>([
    ['one value for two', [{ key: 'console', value: 'tty1' }], ' console=tty1 quiet', ['set']],
    [
      'one value that is there',
      [{ key: 'console', value: 'ttyS0' }],
      ' console=ttyS0 quiet',
      ['set'],
    ],
    [
      'the same two',
      [
        { key: 'console', value: 'tty0' },
        { key: 'console', value: 'ttyS0' },
      ],
      consoles,
      ['unchanged', 'unchanged'],
    ],
    [
      'the same two in another order',
      [
        { key: 'console', value: 'ttyS0' },
        { key: 'console', value: 'tty0' },
      ],
      ' console=ttyS0 quiet console=tty0',
      ['set', 'set'],
    ],
    [
      'a third one',
      [
        { key: 'console', value: 'tty0' },
        { key: 'console', value: 'ttyS0' },
        { key: 'console', value: 'hvc0' },
      ],
      ' console=tty0 quiet console=ttyS0 console=hvc0',
      ['unchanged', 'unchanged', 'added'],
    ],
    [
      'one to go',
      [{ key: 'console', value: 'tty0', operation: 'delete' }],
      ' quiet console=ttyS0',
      ['removed'],
    ],
    [
      'one to go and one to come',
      [
        { key: 'console', value: 'tty0', operation: 'delete' },
        { key: 'console', value: 'hvc0' },
      ],
      ' quiet console=hvc0',
      ['removed', 'set'],
    ],
  ])('are given %s', (_name, settings, expected, plans) => {
    const changed = change(consoles, ...settings);
    expect(changed.args).toBe(expected);
    expect(outcomes(changed.plans)).toEqual(plans);
  });

  it('are all removed', () => {
    expect(change(' a=1 a=2 a=1', { key: 'a', value: '1', operation: 'delete' }).args).toBe(' a=2');
  });

  it('are left alone when all of them have the one value', () => {
    const changed = change(' a=1 b a=1', { key: 'a', value: '1' });
    expect(changed).toEqual({
      args: ' a=1 b a=1',
      plans: [{ key: 'a', outcome: 'unchanged', before: '1', after: '1' }],
    });
  });

  it('show all values that one replaces', () => {
    expect(change(' a=1 a a=3', { key: 'a', value: '2' }).plans).toEqual([
      { key: 'a', outcome: 'set', before: '1  3', after: '2' },
    ]);
  });
});

describe('B-46: quoted arguments', () => {
  const quoted = ` dyndbg="file drivers/usb/* +p" x='a  b' y=a\\ b`;

  it('stay as they are when others change', () => {
    expect(change(quoted, { key: 'quiet' }).args).toBe(`${quoted} quiet`);
  });

  it.each(['file drivers/usb/* +p', '"file drivers/usb/* +p"'])('have the value %s', (value) => {
    expect(outcomes(change(quoted, { key: 'dyndbg', value }).plans)).toEqual(['unchanged']);
  });

  it('are removed whole', () => {
    const gone = { key: 'x', value: 'a  b', operation: 'delete' };
    expect(change(quoted, gone).args).toBe(' dyndbg="file drivers/usb/* +p" y=a\\ b');
  });

  it.each([
    'file a.c +p; file b.c -p',
    '$x ${y} `z`',
    '{1}|&<>',
    '#',
    '*?[a]',
    '!(~^@%)',
    'a=b',
    ' a ',
  ])('come to the kernel as they are asked for: %s', (value) => {
    const settings = [
      { key: 'old', value },
      { key: 'new', value },
      { key: 'a#b{c}', value },
    ];
    const { text } = planned(configOf(' old=1'), settings);
    expect(kernelGets(text, 'PARTUUID=x')).toEqual([
      ['root', 'PARTUUID=x'],
      ['ro'],
      ['old', value],
      ['new', value],
      ['a#b{c}', value],
    ]);
    expect(planned(text, settings)).toMatchObject({ text });
  });

  it.each([`a"b`, `"a`, `'`, '\\', '""', 'ü', '\t', 'a\nb', 'a\u00a0b', '\0'])(
    'are refused when GRUB would not pass them on as they are: %j',
    (value) => {
      const changed = change(' x=1', { key: 'x', value }, { key: `y${value}` });
      expect(outcomes(changed.plans)).toEqual(['refused', 'refused']);
      expect(changed.args).toBe(' x=1');
    },
  );

  it('that pass on a quote across arguments make the line unreadable', () => {
    expect(unreadable(configOf(' x=\\"a quiet b\\"'))).toMatchObject({
      message: 'The kernel line passes on a double quote that spans several arguments',
    });
    expect(change(' x=\\"a\\"', { key: 'quiet' }).args).toBe(' x=\\"a\\" quiet');
  });
});

describe('a request', () => {
  it.each([
    ['root', '/dev/vda9'],
    ['kubeos.slot', 'B'],
    ['kubeos.why', 'manual'],
    ['linux', ''],
    ['linuxefi', ''],
    ['/boot/vmlinuz', ''],
    ['--', ''],
  ])('cannot change %s', (key, value) => {
    for (const operation of ['', 'delete']) {
      const changed = change(' quiet', { key, value, operation });
      expect(outcomes(changed.plans)).toEqual(['refused']);
      expect(changed.args).toBe(' quiet');
    }
  });

  it('cannot change what GRUB takes from a variable', () => {
    const args = ' console=$con a=1${b} $more x$y';
    for (const key of ['console', 'a']) {
      for (const operation of ['', 'delete']) {
        const changed = change(args, { key, value: '1', operation });
        expect(outcomes(changed.plans)).toEqual(['refused']);
        expect(changed.args).toBe(args);
      }
    }
    expect(change(args, { key: 'x' }, { key: 'more' }).args).toBe(`${args} x more`);
  });

  it.each([[[1]], [{ a: 1 }]])('B-50: cannot hold %j, in a delete neither', (value) => {
    for (const operation of ['', 'delete']) {
      const changed = change(' quiet', { key: 'quiet', value, operation });
      expect(outcomes(changed.plans)).toEqual(['refused']);
      expect(changed.args).toBe(' quiet');
    }
  });

  it('B-52: is carried out in its order, with each of several values of a key', () => {
    const changed = change(
      '',
      { key: 'console', value: 'tty0' },
      { key: 'quiet' },
      { key: 'console', value: 'ttyS0' },
    );
    expect(changed.args).toBe(' console=tty0 console=ttyS0 quiet');
    expect(changed.plans.map(({ after }) => after)).toEqual(['tty0', '', 'ttyS0']);
  });

  it('B-52: may hold the same twice, which is as good as once', () => {
    const twice = { key: 'a', value: '1' };
    expect(change('', twice, twice).args).toBe(' a=1');
    expect(outcomes(change(' a=1', { ...twice, operation: 'delete' }, twice).plans)).toEqual([
      'refused',
      'refused',
    ]);
  });

  it.each<[string, Setting, Setting, string]>([
    [
      'sets and deletes a value',
      { key: 'a', value: '1' },
      { key: 'a', value: '1', operation: 'delete' },
      'The same is to be set and to be deleted',
    ],
    [
      'sets and deletes a bare key',
      { key: 'a' },
      { key: 'a', operation: 'delete' },
      'The same is to be set and to be deleted',
    ],
    [
      'wants a key with and without a value',
      { key: 'a-b', value: '1' },
      { key: 'a_b' },
      'The key is asked for with a value and without one',
    ],
    [
      'has a fault in another setting of the key',
      { key: 'a', value: '1' },
      { key: 'a', value: [] },
      'Another setting of this key is refused',
    ],
  ])(
    'B-31: is refused with the reason for all of a key when it %s',
    (_name, one, other, reason) => {
      const changed = change(' a=3 a-b=3', one, other, { key: 'c' });
      expect(changed.args).toBe(' a=3 a-b=3 c');
      expect(outcomes(changed.plans)).toEqual(['refused', 'refused', 'added']);
      expect(changed.plans[0]?.reason).toBe(reason);
    },
  );

  it('B-31: gets reasons without values', () => {
    const secret = 'hunter2';
    const changed = change(
      ` a=${secret}`,
      { key: 'a', value: `"${secret}` },
      { key: 'a' },
      { key: 'root', value: secret },
      { key: 'b', value: [secret] },
    );
    expect(outcomes(changed.plans)).toEqual(Array<string>(4).fill('refused'));
    expect(changed.plans.map(({ reason }) => reason).join()).not.toContain(secret);
  });
});
