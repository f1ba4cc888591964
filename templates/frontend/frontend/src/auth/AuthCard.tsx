import type { ReactNode } from 'react';
import { PageHeader } from '../components/PageHeader.tsx';

interface AuthCardProps {
  title: string;
  description: string;
  children: ReactNode;
  /** The way to the other of the two pages. */
  footer: ReactNode;
}

export function AuthCard({ title, description, children, footer }: AuthCardProps) {
  return (
    <div className="mx-auto max-w-md py-2 sm:py-8">
      <PageHeader title={title} description={description} />
      <div className="card p-5 sm:p-8">{children}</div>
      <p className="mt-6 text-center text-sm text-muted">{footer}</p>
    </div>
  );
}
