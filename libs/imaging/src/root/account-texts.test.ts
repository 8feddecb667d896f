import { describe, expect, it } from '@jest/globals';
import { completeShadow, lastChangeDayOf, withKubeosGroup } from './account-texts.ts';

const files = { passwd: 'root:*:0:0::/root:/bin/sh\n', shadow: '', group: 'root:x:0:\nadm:x:4:' };

describe('withKubeosGroup', () => {
  it('adds the group once, to both files', () => {
    const once = withKubeosGroup({ ...files, gshadow: 'root:*::\n' });
    expect(once.group).toBe('root:x:0:\nadm:x:4:\nkubeos:x:6552:\n');
    expect(once.gshadow).toBe('root:*::\nkubeos:!::\n');
    expect(withKubeosGroup(once)).toEqual(once);
    expect(withKubeosGroup(files).gshadow).toBeUndefined();
  });

  it.each(['kubeos:x:7:', 'other:x:6552:tom'])('refuses an image with %s', (line) => {
    expect(() => withKubeosGroup({ ...files, group: `${line}\n` })).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIGURATION' }),
    );
  });
});

describe('lastChangeDayOf', () => {
  it('is never the day that asks for a new password', () => {
    expect([0, 86_399, 86_400, 172_800].map(lastChangeDayOf)).toEqual([1, 1, 1, 2]);
  });
});

describe('completeShadow', () => {
  it('gives every account a line, and those without one no password', () => {
    const passwd = `${files.passwd}daemon:*:1:1::/:/bin/sh\nsystemd-network:x:998:998::/:/bin/false\n`;
    const shadow = 'systemd-network:!*:20000::::::';
    expect(completeShadow({ ...files, passwd, shadow }, 19_000).shadow).toBe(
      'systemd-network:!*:20000::::::\nroot:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n',
    );
  });
});
