import type { components } from './generated/openapi.d.ts';

type ProblemDocument = components['schemas']['Problem'];

/** A request that the server refused or failed, as its problem document says. */
export class ApiProblem extends Error {
  readonly status: number;
  /** The last part of the document's `type`: `invalid`, `unauthenticated`, `not_found`, … */
  readonly kind: string;
  /** By field, in words that read on from the field's name: `{ email: 'is not an email address' }`. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, document: Partial<ProblemDocument>) {
    super(document.detail ?? document.title ?? `The server answered with status ${status}.`);
    this.status = status;
    this.kind = document.type?.split(':').at(-1) ?? 'unknown';
    this.fields = Object.fromEntries((document.errors ?? []).map(({ path, message }) => [path, message]));
  }
}

/** The problem that `response` tells of. A proxy in between may have answered with something else than JSON. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const document: unknown = await response.json().catch(() => ({}));
  return new ApiProblem(response.status, typeof document === 'object' && document ? document : {});
}

export function isSessionEnded(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

/** Whether asking again might help: the network or the server failed, not the request. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof ApiProblem) || error.status >= 500 || error.status === 429;
}

/** The server's own words for a failure; undefined where it never answered. */
export function detailOf(error: unknown): string | undefined {
  return error instanceof ApiProblem ? error.message : undefined;
}
