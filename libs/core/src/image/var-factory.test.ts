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

  // Seen to come out right with systemd 252 and 257, which read such lines differently.
  it('escape what would end a field, be a quote or a specifier', () => {
    const entries: readonly VarEntry[] = [
      { path: `/var/a b"c"'d'\\e%f\u00e9`, kind: 'file', mode: 0o644, user: 0, group: 0 },
      { path: '/var/a b', kind: 'dir', mode: 0o755, user: 0, group: 0 },
      { path: '/var/%z', kind: 'symlink', target: ' %h/\u00e9\\x20\n' },
    ];
    expect(varFactoryText(entries)).toBe(
      [
        'L "/var/%%z" - - - - \\x20%%h/\u00e9\\x5cx20\\x0a',
        'd "/var/a b" 0755 0 0 - -',
        `C "/var/a b\\"c\\"'d'\\\\e%%f\u00e9" 0644 0 0 - /usr/share/factory/var/a\\x20b\\x22c\\x22\\x27d\\x27\\x5ce%%f\u00e9`,
        '',
      ].join('\n'),
    );
  });

  it.each(['/var/a\nd /etc 0777', '/var/\t', '/var/\u0085'])('refuse %j', (path) => {
    const entry: VarEntry = { path, kind: 'dir', mode: 0o755, user: 0, group: 0 };
    expect(() => varFactoryText([entry])).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIGURATION' }),
    );
  });
});
