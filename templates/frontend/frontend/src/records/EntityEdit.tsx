import { useSession } from '../auth/session.ts';
import { PageHeader } from '../components/PageHeader.tsx';
import { EntityForm } from '../forms/EntityForm.tsx';
import { ForbiddenPage } from '../pages/ForbiddenPage.tsx';
import type { EntityDefinition } from '../resources/definition.ts';
import { recordLabel } from '../resources/format.ts';
import { canChange } from '../resources/permissions.ts';
import { RecordLoader } from './RecordLoader.tsx';

interface EntityEditProps {
  entity: EntityDefinition;
}

export function EntityEdit({ entity }: EntityEditProps) {
  const { user } = useSession();
  return (
    <RecordLoader entity={entity}>
      {(row) => {
        const page = `/${entity.path}/${row.id}`;
        if (!canChange(entity, row, user)) return <ForbiddenPage backTo={page} />;
        return (
          <>
            <PageHeader
              title={`Edit ${entity.label}`}
              back={{ to: page, label: recordLabel(entity, row) }}
            />
            <EntityForm entity={entity} row={row} />
          </>
        );
      }}
    </RecordLoader>
  );
}
