/** Wire schema of `OS`: what admins write and what the operator reports. Defaults are those of the API server. */
import * as z from 'zod/mini';
import { operationTypeWire } from './operation.wire.ts';
import { osStatusWire } from './os-status.wire.ts';
import { specRules } from './os.rules.ts';
import { settingsSetWire } from './settings.wire.ts';
import { timeWindowWire } from './time-window.wire.ts';
import { atLeast, field, optional } from './wire.ts';

const intOrString = { 'x-kubernetes-int-or-string': true };

const count = z.union([z.int(), z.string().check(z.regex(/^-?[0-9]+%$/))]);
const countFromZero = z.union([atLeast(0), z.string().check(z.regex(/^[0-9]+%$/))]);

function text(description: string, maxLength: number) {
  return field(z._default(z.string().check(z.maxLength(maxLength)), ''), description);
}

function flag(description: string) {
  return field(z._default(z.boolean(), false), description);
}

function seconds(least: number, byDefault: number, description: string) {
  return field(z._default(atLeast(least), byDefault), description);
}

const certificateFile = 'must be a file below /etc/KubeOS/certs/ on the node';

function certificate(description: string) {
  const isInside = (name: string): boolean => !name.startsWith('/') && !name.includes('..');
  return field(
    z._default(z.string().check(z.maxLength(255), z.refine(isInside, certificateFile)), ''),
    `${description}, a file below \`/etc/KubeOS/certs/\` on the node.`,
    {
      'x-kubernetes-validations': [
        { rule: "!self.startsWith('/') && !self.contains('..')", message: certificateFile },
      ],
    },
  );
}

const fields = {
  osversion: field(
    z.string().check(z.minLength(1), z.maxLength(255)),
    'The wanted version. Compared byte for byte with PRETTY_NAME of the running system; a change of it is what starts work.',
  ),
  opstype: field(
    operationTypeWire,
    '`upgrade` writes the image into the idle slot and switches to it, `rollback` switches back to the other slot, `config` applies `sysconfigs` only.',
  ),
  imagetype: field(
    z._default(z.enum(['docker', 'disk', 'containerd', 'oci', '']), ''),
    'How the image of an upgrade is fetched: `disk` from a URL, `docker` and `containerd` from a registry by these programs, `oci` from a registry without any. May be empty for `config` and `rollback`.',
  ),
  containerimage: text('OCI reference of the image, for `docker`, `containerd` and `oci`.', 1024),
  imageurl: text('URL of the image, for `disk`.', 4096),
  checksum: text(
    'SHA-256 of the image: of the file for `disk`, of the manifest (or of the index, where there is one) for the others. 64 hexadecimal digits.',
    1024,
  ),
  flagSafe: flag(
    'Allows an `imageurl` that is not https, and with `oci` a registry that speaks plain http.',
  ),
  mtls: flag('Presents a client certificate to the https server, with `disk` and `oci`.'),
  cacert: certificate('CA certificate of the https server, with `disk` and `oci`'),
  clientcert: certificate('Client certificate'),
  clientkey: certificate('Key of the client certificate'),
  maxunavailable: field(
    count,
    'How many of the selected nodes may be out of service at once, whoever caused it: a number or a percentage (rounded down, at least one). Zero and less pause.',
    { ...intOrString, pattern: '^-?[0-9]+%$' },
  ),
  evictpodforce: flag(
    'Evicts pods with local data and pods without an owner too; otherwise such pods keep a node from being drained. Disruption budgets are kept either way.',
  ),
  sysconfigs: optional(
    settingsSetWire,
    'Settings to apply after an upgrade or rollback, or those of `opstype: config`.',
  ),
  upgradeconfigs: optional(settingsSetWire, 'Settings to apply before an upgrade or rollback.'),
  nodeselector: field(
    z._default(z.string(), 'no-label'),
    'Which nodes: `no-label` those without the label `upgrade.openeuler.org/node-selector`, `all-label` all, any other text those whose label has this value, the empty one included. Never the control plane.',
  ),
  timewindow: timeWindowWire,
  timeinterval: field(
    z._default(z.int(), 15),
    'Least time between two batches of nodes, in seconds.',
  ),
  executionmode: field(
    z._default(z.enum(['serial', 'parallel']), 'parallel'),
    '`parallel` fills the budget; `serial` chooses a batch of `maxunavailable` nodes and works on one at a time.',
  ),
  paused: flag('Starts no new node. Nodes at work go on.'),
  canary: field(
    z._default(countFromZero, 0),
    'How many nodes, a number or a percentage, go first: no other node starts until all of them are back in service.',
    { ...intOrString, minimum: 0, pattern: '^[0-9]+%$' },
  ),
  maxFailures: field(
    z._default(atLeast(1), 1),
    'After this many failed nodes no new one starts, until the target changes or a retry is asked for.',
  ),
  prepareConcurrency: optional(
    atLeast(1),
    'How many nodes fetch the image at once while they still serve; by default as many as may be unavailable.',
  ),
  drainTimeoutSeconds: seconds(
    1,
    900,
    'Longest time for a drain, in seconds; then the node is given back and tried again later.',
  ),
  confirmTimeoutSeconds: field(
    z._default(atLeast(1).check(z.lte(3600)), 600),
    'Longest uptime of a new system without confirmation, in seconds; then the node returns to the old one by itself.',
  ),
  minReadySeconds: seconds(
    0,
    30,
    'How long a node must be good in every respect, without a break, before its new system is confirmed, in seconds.',
  ),
};

/** The fields of an `OS.spec` with their defaults, as the schema leaves them. */
export type OsSpecFields = z.output<z.ZodMiniObject<typeof fields>>;

/** `OS.spec`. */
export const osSpecWire = z.object(fields);

/** An `OS` without its metadata. */
export const osWire = field(
  z.object({
    spec: field(osSpecWire, 'What is wanted.', {
      'x-kubernetes-validations': specRules.map(({ field: name, cel, message }) => ({
        rule: cel,
        message,
        fieldPath: `.${name}`,
      })),
    }),
    status: optional(osStatusWire, 'What the operator reports.'),
  }),
  'The operating system that a group of nodes is to run.',
);
