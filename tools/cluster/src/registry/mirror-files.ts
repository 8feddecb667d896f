/** How containerd of a node is told where a registry is. */

/** The registry that images of this cluster are named after; nobody else has the name (RFC 6761). */
export const registryName = 'registry.kubeos.test';

/** Files of `/etc` with which containerd takes the images of the registry from an address. */
export function mirrorFiles(url: string): Readonly<Record<string, string>> {
  const text = [
    // Whom it asks when no mirror answers: nobody else.
    `server = "${url}"`,
    `[host."${url}"]`,
    `capabilities = ["pull", "resolve"]`,
    '',
  ].join('\n');
  return { [`containerd/certs.d/${registryName}/hosts.toml`]: text };
}
