import { useSession } from '../auth/session.ts';
import { PageHeader } from '../components/PageHeader.tsx';
import { EntityForm } from '../forms/EntityForm.tsx';
import { ForbiddenPage } from '../pages/ForbiddenPage.tsx';
import type { EntityDefinition } from '../resources/definition.ts';
import { canCreate } from '../resources/permissions.ts';

interface EntityNewProps {
  entity: EntityDefinition;
}

export function EntityNew({ entity }: EntityNewProps) {
  const { user } = useSession();
  if (!canCreate(entity, user)) return <ForbiddenPage backTo={`/${entity.path}`} />;
  return (
    <>
      <PageHeader
        title={`New ${entity.label}`}
        back={{ to: `/${entity.path}`, label: entity.titlePlural }}
      />
      <EntityForm entity={entity} />
    </>
  );
}
