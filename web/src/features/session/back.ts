/** Where to go after signing in: `wanted` if it is an address of this site, else the front page. */
export function backOf(wanted: string | undefined, origin: string): string {
  const url = wanted?.startsWith('/') ? URL.parse(wanted, origin) : null;
  return url?.origin === origin ? `${url.pathname}${url.search}${url.hash}` : '/';
}
