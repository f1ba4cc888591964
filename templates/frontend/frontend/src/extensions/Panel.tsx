import { useId, type ReactNode } from 'react';
import { Boundary } from '../components/Boundary.tsx';

interface PanelProps {
  title: string;
  children: ReactNode;
}

/** Frames what an extension adds to a page. */
export function Panel({ title, children }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="card p-5 sm:p-6">
      <h2 id={id} className="mb-4 text-lg font-semibold">
        {title}
      </h2>
      <Boundary name={title}>{children}</Boundary>
    </section>
  );
}
