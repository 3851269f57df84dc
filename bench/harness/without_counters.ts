import { registerHooks } from 'node:module';

// Loaded ahead of Sequitur, this has everything in the process that asks for the ledger's `record` given the bare one:
// the whole of Sequitur as it is, but for what is measured.

const RECORD = new URL('../../src/ledger/record.ts', import.meta.url).href;
const BARE = new URL('./bare_record.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    return resolved.url === RECORD ? { ...resolved, url: BARE } : resolved;
  },
});
