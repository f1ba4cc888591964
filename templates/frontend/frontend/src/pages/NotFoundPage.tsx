import { Link } from 'react-router';
import { PageHeader } from '../components/PageHeader.tsx';

export function NotFoundPage() {
  return (
    <>
      <PageHeader
        title="Page not found"
        description="It may have been deleted, or the address is not quite right."
      />
      <Link to="/" className="button button-primary">
        Go to the home page
      </Link>
    </>
  );
}
