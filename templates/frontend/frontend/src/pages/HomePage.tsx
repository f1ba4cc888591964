import { useEffect } from 'react';
import { Link } from 'react-router';
import { useStats } from '../api/records.ts';
import { app } from '../app.ts';
import { useSession } from '../auth/session.ts';
import { Loading } from '../components/Loading.tsx';
import { PageHeader } from '../components/PageHeader.tsx';
import { entities } from '../entities/index.ts';
import { Panel } from '../extensions/Panel.tsx';
import { extensions } from '../extensions/index.ts';
import { EntityCards } from '../records/EntityCards.tsx';
import { RecentRecords } from '../records/RecentRecords.tsx';
import { canRead } from '../resources/permissions.ts';

/** How many entities show their newest records; more would only push each other away. */
const RECENT_LISTS = 4;

const panels = extensions.flatMap((extension) => extension.homePanels ?? []);

/** One or two cards stand below the title; more of them fill the page. */
const cardsWidth: Record<number, string> = { 1: 'max-w-sm', 2: 'max-w-2xl' };

function Welcome() {
  const open = entities.filter((entity) => canRead(entity, null));
  useEffect(() => {
    document.title = app.name;
  }, []);
  return (
    <>
      <div className="mx-auto max-w-3xl py-10 text-center sm:py-20">
        <span
          aria-hidden="true"
          className="mx-auto mb-8 grid size-16 place-items-center rounded-2xl border border-primary-line bg-primary text-3xl font-bold text-on-primary shadow-card"
        >
          {Array.from(app.name)[0]?.toUpperCase()}
        </span>
        <h1 className="text-4xl font-bold tracking-tight sm:text-6xl">{app.name}</h1>
        {app.description !== '' && (
          <p className="mx-auto mt-6 max-w-xl text-lg leading-8 text-balance text-muted">
            {app.description}
          </p>
        )}
        <div className="mt-10 flex flex-wrap justify-center gap-3">
          <Link to="/register" className="button button-primary min-h-12 px-6 text-base">
            Create account
          </Link>
        </div>
      </div>
      {open.length > 0 && (
        <div className={`mx-auto ${cardsWidth[open.length] ?? ''}`}>
          <EntityCards entities={open} counts={{}} />
        </div>
      )}
    </>
  );
}

interface DashboardProps {
  name: string;
}

function Dashboard({ name }: DashboardProps) {
  const { data: counts = {} } = useStats();
  const recent = entities.filter((entity) => (counts[entity.path] ?? 0) > 0).slice(0, RECENT_LISTS);
  return (
    <>
      <PageHeader title={`Hello, ${name}`} description={app.description} />
      <EntityCards entities={entities} counts={counts} />
      <div className="mt-8 grid gap-5 lg:grid-cols-2">
        {panels.map(({ title, component: Content }) => (
          <Panel key={title} title={title}>
            <Content />
          </Panel>
        ))}
        {recent.map((entity) => (
          <RecentRecords key={entity.path} entity={entity} />
        ))}
      </div>
    </>
  );
}

export function HomePage() {
  const { status, user } = useSession();
  if (status === 'loading') return <Loading />;
  if (user === null) return <Welcome />;
  return <Dashboard name={user.name} />;
}
