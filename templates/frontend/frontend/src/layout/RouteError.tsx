import { useRouteError } from 'react-router';
import { ApiError } from '../api/problem.ts';
import { PageHeader } from '../components/PageHeader.tsx';

const UNKNOWN = 'This page could not be shown. Check your connection, then reload it.';

/**
 * The last line of defence: a page that failed to load or to render. Its code is loaded on demand,
 * and what a browser says of that is not for people to read.
 */
export function RouteError() {
  const error = useRouteError();
  const description = error instanceof ApiError ? error.message : UNKNOWN;
  return (
    <>
      <PageHeader title="Something went wrong" description={description} />
      <button
        type="button"
        className="button button-primary"
        onClick={() => {
          window.location.reload();
        }}
      >
        Reload the page
      </button>
    </>
  );
}
