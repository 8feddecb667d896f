/** The text of `kbimg --help`. */
export const helpText = `Usage: kbimg [-d] create -f FILE [OPTION...] KIND

Builds images of KubeOS nodes from a recipe. Run it as root.

Kinds:
  vm-img        a disk that boots: system.img, system.qcow2, and the root file system by
                itself: kubeos.img.zst, kubeos.tar
  upgrade-img   a container image with the root file system, for upgrades from a registry:
                upgrade-img (an OCI layout), upgrade-img.tar (for docker load)
  pxe-img, admin-container
                of upstream's kbimg; not built by this version

With each comes manifest.json (sizes and digests of everything), sbom.spdx.json and
kubeos.blocks (digests of all 4 KiB blocks).

Options:
  -f, --file FILE     the recipe, TOML
  -o, --output DIR    where the artefacts go (default ./scripts-auto)
  --push              upgrade-img: push it too, to the registry in its name (upgrade_img of
                      the recipe), with the credentials that docker keeps
  -d, --debug         check everything and say what would be built; build nothing
  -h, --help          this text
  -V, --version       version of kbimg

SOURCE_DATE_EPOCH (seconds) is the time of all files; with the same packages the same
recipe gives the same bytes. Default: now.

Examples:
  kbimg create -f kbimg.toml vm-img
  kbimg create -f kbimg.toml -o out --push upgrade-img
`;
