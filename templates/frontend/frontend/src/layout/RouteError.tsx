import { useRouteError } from 'react-router';
import { messageOf } from '../api/problem.ts';
import { PageHeader } from '../components/PageHeader.tsx';

/** The last line of defence: a page that failed to load or to render. */
export function RouteError() {
  const error = useRouteError();
  return (
    <>
      <PageHeader title="Something went wrong" description={messageOf(error)} />
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
