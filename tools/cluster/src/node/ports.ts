/** Port of a node behind which its kubelet is. */
export const kubeletPort = 10_250;
