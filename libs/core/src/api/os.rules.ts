/** Rules of `OS.spec` that span fields: as CEL for the API server and as a test for the parser, side by side. */
import type { OsSpecFields } from './os.wire.ts';

/** One rule in both of its forms. */
export interface SpecRule {
  /** Field below `spec` that is to be mended. */
  readonly field: keyof OsSpecFields;
  /** For the API server; `self` is the spec. */
  readonly cel: string;
  readonly message: string;
  readonly holds: (spec: OsSpecFields) => boolean;
}

const hasUrl = /^https?:\/\/./i;
const hasPlainUrl = /^http:\/\//i;
const hasChecksum = /^[0-9a-f]{64}$/i;
const fromImage: ReadonlySet<string> = new Set(['docker', 'containerd', 'oci']);
const fromDisk = "self.opstype == 'upgrade' && self.imagetype == 'disk'";

const isUpgrade = (spec: OsSpecFields): boolean => spec.opstype === 'upgrade';
const isFromDisk = (spec: OsSpecFields): boolean => isUpgrade(spec) && spec.imagetype === 'disk';

/** Seconds that have to be left for the rest of a trial after `minReadySeconds`. */
const confirmMarginSeconds = 120;

/** All rules, in the order in which their fields are documented. */
export const specRules: readonly SpecRule[] = [
  {
    field: 'imagetype',
    cel: "self.opstype != 'upgrade' || self.imagetype != ''",
    message: 'an upgrade needs imagetype disk, docker, containerd or oci',
    holds: (spec) => !isUpgrade(spec) || spec.imagetype !== '',
  },
  {
    field: 'containerimage',
    cel: "self.opstype != 'upgrade' || !(self.imagetype in ['docker', 'containerd', 'oci']) || self.containerimage != ''",
    message: 'an upgrade with imagetype docker, containerd or oci needs containerimage',
    holds: (spec) =>
      !isUpgrade(spec) || !fromImage.has(spec.imagetype) || spec.containerimage !== '',
  },
  {
    field: 'imageurl',
    cel: `!(${fromDisk}) || self.imageurl.matches('^[hH][tT][tT][pP][sS]?://.')`,
    message: 'an upgrade with imagetype disk needs an http or https imageurl',
    holds: (spec) => !isFromDisk(spec) || hasUrl.test(spec.imageurl),
  },
  {
    field: 'checksum',
    cel: "self.opstype != 'upgrade' || self.checksum.matches('^[0-9a-fA-F]{64}$')",
    message: 'an upgrade needs checksum, the SHA-256 of the image as 64 hexadecimal digits',
    holds: (spec) => !isUpgrade(spec) || hasChecksum.test(spec.checksum),
  },
  {
    field: 'flagSafe',
    cel: `!(${fromDisk} && self.imageurl.matches('^[hH][tT][tT][pP]://')) || self.flagSafe`,
    message: 'an http imageurl needs flagSafe: true',
    holds: (spec) => !isFromDisk(spec) || !hasPlainUrl.test(spec.imageurl) || spec.flagSafe,
  },
  {
    field: 'mtls',
    cel: "self.opstype != 'upgrade' || !self.mtls || (self.cacert != '' && self.clientcert != '' && self.clientkey != '')",
    message: 'mtls needs cacert, clientcert and clientkey',
    holds: (spec) =>
      !isUpgrade(spec) ||
      !spec.mtls ||
      (spec.cacert !== '' && spec.clientcert !== '' && spec.clientkey !== ''),
  },
  {
    field: 'confirmTimeoutSeconds',
    cel: `self.minReadySeconds + ${String(confirmMarginSeconds)} <= self.confirmTimeoutSeconds`,
    message: `confirmTimeoutSeconds is at least minReadySeconds + ${String(confirmMarginSeconds)}`,
    holds: (spec) => spec.minReadySeconds + confirmMarginSeconds <= spec.confirmTimeoutSeconds,
  },
];
