# What upstream's agent does with a root file system archive, program by program:
#   upstream-sequence.sh URL CA SHA256 SLOT WORK_FOLDER SLOT_MIB
# Its own digest reads the whole file into memory; python3 does the same here, with OpenSSL's hash.
set -euo pipefail
url=$1 ca=$2 sha256=$3 slot=$4 work=$5 mebibytes=$6

mkdir "$work/mount"
curl --silent --show-error --fail --cacert "$ca" --output "$work/os.tar" "$url"
found=$(python3 -c '
import hashlib, sys
print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$work/os.tar")
[ "$found" = "$sha256" ]
dd if=/dev/zero of="$work/update.img" bs=2M count=$((mebibytes / 2)) status=none
mkfs.ext4 -q -F -L ROOT-B "$work/update.img"
mount -o loop "$work/update.img" "$work/mount"
tar -xvf "$work/os.tar" -C "$work/mount" > "$work/tar.log"
umount "$work/mount"
rm -r "$work/mount" "$work/os.tar"
dd if="$work/update.img" of="$slot" bs=8M status=none
rm "$work/update.img"
# It calls sync(2) before it reboots; of that only the slot is counted.
sync "$slot"
