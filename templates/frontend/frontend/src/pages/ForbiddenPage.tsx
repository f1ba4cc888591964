import { Link } from 'react-router';
import { PageHeader } from '../components/PageHeader.tsx';

interface ForbiddenPageProps {
  backTo: string;
}

export function ForbiddenPage({ backTo }: ForbiddenPageProps) {
  return (
    <>
      <PageHeader
        title="Not allowed"
        description="Your account may look at this but not change it."
      />
      <Link to={backTo} className="button button-plain">
        Go back
      </Link>
    </>
  );
}
