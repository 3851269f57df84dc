import { access } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import { noSuchAddress, pathOf, problem } from './errors.ts';
import type { App } from './server.ts';

/**
 * Serves the built dashboard in `root` (an absolute path) at `/`. The dashboard finds its own way by the
 * address, so a page load that no route and no file answers gets index.html too.
 */
export async function installDashboard(app: App, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    prefix: '/',
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => reply.header('cache-control', cacheControl(path)),
    suppressWarning: true,
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (!isPageLoad(request)) throw noSuchAddress(request);
    await access(join(root, 'index.html')).catch(() => {
      throw problem.notReady([
        { path: 'The dashboard', message: 'has not been built yet: run "npm run build"' },
      ]);
    });
    return reply.sendFile('index.html');
  });
}

// The build puts a hash of their content into the names of everything below assets/, so those never change.
function cacheControl(path: string): string {
  return /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

function isPageLoad(request: FastifyRequest): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const asksForPage = (request.headers.accept ?? '').includes('text/html');
  return reads && asksForPage && !/^\/(api|p|u|healthz|readyz|metrics)(\/|$)/.test(pathOf(request));
}
