/** A program of its own: simulates one rollout and prints how it ended. */
import { simulateRollout } from '@kubeos/simulator';

const { outcome } = await simulateRollout({
  nodes: Number(process.argv[2]),
  seed: 1,
  os: {
    spec: {
      opstype: 'upgrade',
      osversion: 'KubeOS 2',
      imagetype: 'disk',
      imageurl: 'https://images.example.org/2.img',
      checksum: '2'.repeat(64),
      nodeselector: 'all-label',
      maxunavailable: 50,
    },
  },
});
if (outcome !== 'completed') throw new Error(`The rollout ended: ${outcome}`);
