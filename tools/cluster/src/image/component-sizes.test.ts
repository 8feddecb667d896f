import { expect, it } from '@jest/globals';

import { componentSizes } from './component-sizes.ts';

it('tells what the files of each part come to', () => {
  const listing = `drwxr-xr-x 0/0               0 2023-11-14 22:13 ./
-rwxr-xr-x 0/0        84426914 2023-11-14 22:13 ./usr/bin/kubelet
-rwxr-xr-x 0/0        53969928 2023-11-14 22:13 ./usr/bin/containerd
-rwxr-xr-x 0/0               7 2023-11-14 22:13 ./usr/bin/ctr
-rwxr-xr-x 0/0               1 2023-11-14 22:13 ./usr/bin/ctr2
-rw-r--r-- 0/0              10 2023-11-14 22:13 ./boot/a name
-rw-r--r-- root/root       100 2023-11-14 22:13 ./usr/lib/modules/6.12/x.ko.xz
lrwxrwxrwx 0/0               0 2023-11-14 22:13 ./etc/resolv.conf -> ../run/x
`;
  expect(componentSizes(listing)).toEqual({
    ...{ kubelet: 84426914, containerd: 53969935, kernel: 110, system: 1 },
    ...{ node: 0, agent: 0, runc: 0, cni: 0, images: 0 },
  });
});
