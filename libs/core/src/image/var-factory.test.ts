import { describe, expect, it } from '@jest/globals';
import { varFactoryText, type VarEntry } from './var-factory.ts';

describe('the lines for /var', () => {
  it('B-68: keep modes and owners', () => {
    const root = { user: 'root', group: 'root' } as const;
    const entries: readonly VarEntry[] = [
      { path: '/var/lib/x/secret', kind: 'file', mode: 0o100600, user: 101, group: 'adm' },
      { path: '/var', kind: 'dir', mode: 0o40755, ...root },
      { path: '/var/lib/x', kind: 'dir', mode: 0o700, user: 101, group: 102 },
      { path: '/var/mail', kind: 'dir', mode: 0o2775, user: 'root', group: 'mail' },
      { path: '/var/tmp', kind: 'dir', mode: 0o1777, ...root },
      { path: '/var/run', kind: 'symlink', target: '/run' },
      { path: '/var/none', kind: 'file', mode: 0, ...root },
    ];
    expect(varFactoryText(entries)).toBe(
      [
        'd /var 0755 root root - -',
        'd /var/lib/x 0700 101 102 - -',
        'C /var/lib/x/secret 0600 101 adm - -',
        'd /var/mail 2775 root mail - -',
        'C /var/none 0000 root root - -',
        'L /var/run - - - - /run',
        'd /var/tmp 1777 root root - -',
        '',
      ].join('\n'),
    );
    expect(varFactoryText([])).toBe('');
  });

  it('escape what would end a field, be a quote or a specifier', () => {
    const entries: readonly VarEntry[] = [
      { path: '/var/a b\t"c"\'d\'\\e%f\n', kind: 'file', mode: 0o644, user: 0, group: 0 },
      { path: '/var/z', kind: 'symlink', target: ' %h/é\\x20 ' },
    ];
    expect(varFactoryText(entries)).toBe(
      'C /var/a\\x20b\\x09\\x22c\\x22\\x27d\\x27\\x5ce%%f\\x0a 0644 0 0 - -\n' +
        'L /var/z - - - - \\x20%%h/é\\x5cx20\\x20\n',
    );
  });
});
