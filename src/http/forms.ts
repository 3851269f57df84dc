import formbody from '@fastify/formbody';
import type { App } from './server.ts';

/**
 * Adds routes to `app` that take the forms of plain HTML pages. Everywhere else they are refused: a program that
 * forgot its Content-Type would otherwise have its JSON read as the name of one odd field.
 */
export function withForms(app: App, register: (scope: App) => void): void {
  app.register(async (scope) => {
    await scope.register(formbody);
    register(scope as App);
  });
}
