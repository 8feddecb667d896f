/** What a kubeconfig says about one user of one server. */
export interface KubeconfigInputs {
  readonly server: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** A kubeconfig with everything inside, so that one file can be given to any client. JSON, which every YAML reader takes. */
export function kubeconfigText(inputs: KubeconfigInputs): string {
  const encode = (pem: string): string => Buffer.from(pem).toString('base64');
  const name = 'kubeos';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server: inputs.server, 'certificate-authority-data': encode(inputs.caPem) },
      },
    ],
    users: [
      {
        name: 'admin',
        user: {
          'client-certificate-data': encode(inputs.certificatePem),
          'client-key-data': encode(inputs.keyPem),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: 'admin' } }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
