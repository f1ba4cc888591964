import { useEffect, type ReactNode } from 'react';
import { Link } from 'react-router';
import { app } from '../app.ts';
import { Icon } from './Icon.tsx';

interface Crumb {
  to: string;
  label: string;
}

interface PageHeaderProps {
  title: string;
  back?: Crumb;
  description?: string;
  /** Links and buttons of the whole page. */
  children?: ReactNode;
}

/** A page's heading, which is its window title too. */
export function PageHeader({ title, back, description, children }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · ${app.name}`;
  }, [title]);

  return (
    <header className="mb-6 sm:mb-8">
      {back && (
        <Link
          to={back.to}
          className="-ml-1 mb-2 inline-flex min-h-8 items-center gap-1 text-sm font-medium text-muted hover:text-text"
        >
          <Icon name="left" className="size-4" />
          {back.label}
        </Link>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-2xl font-semibold tracking-tight sm:text-3xl">{title}</h1>
          {description !== undefined && description !== '' && (
            <p className="mt-2 max-w-prose text-muted">{description}</p>
          )}
        </div>
        {children !== undefined && <div className="flex flex-wrap gap-2 sm:gap-3">{children}</div>}
      </div>
    </header>
  );
}
