/** The page to go on to after signing in; only paths of this app, never another site. */
export function nextPage(search: URLSearchParams): string {
  const next = search.get('next');
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}
