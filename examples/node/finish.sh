#!/bin/sh
# Runs in the image before it is packed.
set -eu

chmod 755 /usr/bin/kubelet
# Of the machine that builds.
rm -f /etc/.resolv.conf.systemd-resolved.bak

# Programs that nothing starts: shims of formats that our configuration does not name, and plugins of networks that the
# seed does not make. Other networks bring theirs to the same place.
rm -f /usr/bin/containerd-shim /usr/bin/containerd-shim-runc-v1
mkdir -p /opt/cni/bin
for plugin in host-local loopback portmap ptp; do
	mv "/usr/lib/cni/$plugin" /opt/cni/bin/
done
rm -r /usr/lib/cni

# The image of the program that holds a pod's namespaces: an OCI archive of that one file, which no registry has to serve.
work=$(mktemp -d)
images=/usr/lib/kubeos/images
mkdir -p "$work/layer" "$work/image/blobs/sha256" "$images"
mv /usr/bin/catatonit "$work/layer/pause"

pack() {
	(cd "$1" && tar --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=go-w -cf "$2" -- *)
}

# blob TYPE FILE: moves a file among the blobs; gives its descriptor.
blob() {
	digest=$(sha256sum "$2" | cut -d ' ' -f 1)
	size=$(stat -c %s "$2")
	mv "$2" "$work/image/blobs/sha256/$digest"
	printf '"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s' "$1" "$digest" "$size"
}

pack "$work/layer" "$work/layer.tar"
diff=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
layer=$(blob layer.v1.tar "$work/layer.tar")
printf '{"architecture":"%s","os":"linux","config":{"User":"65535:65535","Entrypoint":["/pause","-P"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
	"$(dpkg --print-architecture)" "$diff" >"$work/config"
config=$(blob config.v1+json "$work/config")
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{%s},"layers":[{%s}]}' \
	"$config" "$layer" >"$work/manifest"
manifest=$(blob manifest.v1+json "$work/manifest")
printf '{"schemaVersion":2,"manifests":[{%s,"annotations":{"io.containerd.image.name":"localhost/pause:1"}}]}' \
	"$manifest" >"$work/image/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$work/image/oci-layout"
pack "$work/image" "$images/pause.tar"
rm -r "$work"
