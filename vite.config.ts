import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { BUILT_FROM, dashboardSources } from './scripts/dashboard_sources.ts';

const SERVER = 'http://localhost:3000';

export default defineConfig({
  root: join(import.meta.dirname, 'web'),
  plugins: [react(), precompress(), builtFrom()],
  build: { outDir: 'dist', emptyOutDir: true, reportCompressedSize: true },
  server: { proxy: { '/api': SERVER, '/p': SERVER, '/u': SERVER } },
});

// The server hands out these siblings as they are: compressing once here is smaller and costs no request time.
function precompress(): Plugin {
  let outDir = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      const entries = await readdir(outDir, { recursive: true });
      await Promise.all(
        entries.filter((name) => /\.(js|css|svg)$/.test(name)).map((name) => write(join(outDir, name))),
      );
    },
  };
}

// Taken before anything is read, so that what changes meanwhile makes the build out of date, not up to date.
function builtFrom(): Plugin {
  let digest = '';
  return {
    name: 'built-from',
    apply: 'build',
    async buildStart() {
      digest = await dashboardSources();
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: BUILT_FROM, source: digest });
    },
  };
}

async function write(path: string): Promise<void> {
  const content = await readFile(path);
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await Promise.all([
    promisify(gzip)(content, { level: 9 }).then((bytes) => writeFile(`${path}.gz`, bytes)),
    promisify(brotliCompress)(content, brotli).then((bytes) => writeFile(`${path}.br`, bytes)),
  ]);
}
