import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unpackPackage } from './debian.ts';

const FOLDER = join(import.meta.dirname, '../../node_modules/.cache/chromium');

/** Where `unpackChromium` puts the program. */
export const UNPACKED_CHROMIUM = join(FOLDER, 'chromium');

/**
 * Gets Debian's Chromium without being root: downloads it with every library that this machine lacks, and unpacks
 * them beside each other. Nothing outside node_modules/.cache is touched. Throws what apt-get or dpkg-deb say.
 */
export async function unpackChromium(): Promise<void> {
  await mkdir(dirname(FOLDER), { recursive: true });
  const work = await mkdtemp(`${FOLDER}-`);
  try {
    await unpackPackage('chromium', work);
    await rm(join(work, 'apt'), { recursive: true });
    await writeFile(join(work, 'fonts.conf'), FONTS);
    await writeFile(join(work, 'chromium'), LAUNCHER, { mode: 0o755 });
    await rm(FOLDER, { recursive: true, force: true });
    await rename(work, FOLDER);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

// Relative to itself, so that the clone may be moved. PulseAudio keeps one of its libraries in a folder of its own.
const LAUNCHER = `#!/bin/sh
here=$(CDPATH='' cd -P "$(dirname "$0")" && pwd) || exit 1
for folder in "$here"/root/lib/*-linux-gnu "$here"/root/usr/lib/*-linux-gnu "$here"/root/usr/lib/*-linux-gnu/pulseaudio; do
  [ -d "$folder" ] && LD_LIBRARY_PATH=\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder
done
export LD_LIBRARY_PATH
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/root/usr/lib/chromium/chromium" "$@"
`;

const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
