/** What a kubeconfig says about one user of one server. */
export interface KubeconfigInputs {
  readonly server: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** A kubeconfig with everything inside, so that one file can be given to any client. */
export function kubeconfigText({
  server,
  caPem,
  certificatePem,
  keyPem,
}: KubeconfigInputs): string {
  const cluster = { server, 'certificate-authority-data': encode(caPem) };
  return textOf(cluster, {
    'client-certificate-data': encode(certificatePem),
    'client-key-data': encode(keyPem),
  });
}

/** What a kubeconfig says about somebody with a token. */
export interface TokenKubeconfigInputs {
  readonly server: string;
  readonly caFile: string;
  readonly token: string;
}

/** A kubeconfig with a token and no other login. */
export function tokenKubeconfig({ server, caFile, token }: TokenKubeconfigInputs): string {
  return textOf({ server, 'certificate-authority': caFile }, { token });
}

function encode(pem: string): string {
  return Buffer.from(pem).toString('base64');
}

/** JSON, which every YAML reader takes. */
function textOf(cluster: object, user: object): string {
  const name = 'kubeos';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
