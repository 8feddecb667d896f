/** How the pods of a cluster without kube-proxy reach its API server. */

/** The first address of the services' range, which is that of the API server. */
const serviceAddress = '10.0.0.1';

/**
 * Files of `/etc` with which a node leads the API server's service address to where the API server is. Without them the
 * user network of QEMU would send these packets out of the host, to whoever has that address there.
 */
export function serviceAddressFiles(server: string): Readonly<Record<string, string>> {
  const { hostname, port } = new URL(server);
  const rule = [
    ...['--destination', serviceAddress, '--protocol', 'tcp', '--dport', '443'],
    ...['--jump', 'DNAT', '--to-destination', `${hostname}:${port}`],
  ].join(' ');
  const steps = ['PREROUTING', 'OUTPUT'].flatMap((chain) => [
    // Kubelet may start more than once in a boot.
    `ExecStartPre=-/usr/sbin/iptables --table nat --delete ${chain} ${rule}`,
    `ExecStartPre=/usr/sbin/iptables --table nat --append ${chain} ${rule}`,
  ]);
  return {
    'systemd/system/kubelet.service.d/10-service-address.conf': `[Service]\n${steps.join('\n')}\n`,
  };
}
