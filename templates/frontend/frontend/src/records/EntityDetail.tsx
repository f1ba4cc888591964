import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useDeleteRecord } from '../api/records.ts';
import { messageOf } from '../api/problem.ts';
import type { EntityRow } from '../api/types.ts';
import { useSession } from '../auth/session.ts';
import { ConfirmDialog } from '../components/ConfirmDialog.tsx';
import { Icon } from '../components/Icon.tsx';
import { PageHeader } from '../components/PageHeader.tsx';
import { useToast } from '../components/toast.ts';
import { entities } from '../entities/index.ts';
import { Panel } from '../extensions/Panel.tsx';
import { extensions } from '../extensions/index.ts';
import type { EntityDefinition } from '../resources/definition.ts';
import { asReference, formatDateTime, recordLabel } from '../resources/format.ts';
import { canChange, canRead } from '../resources/permissions.ts';
import { FieldValue } from './FieldValue.tsx';
import { RecordLoader } from './RecordLoader.tsx';
import { RelatedRecords } from './RelatedRecords.tsx';

interface EntityDetailProps {
  entity: EntityDefinition;
}

interface DetailProps {
  entity: EntityDefinition;
  row: EntityRow;
}

const panels = extensions.flatMap((extension) => extension.detailPanels ?? []);

function DeleteButton({ entity, row }: DetailProps) {
  const navigate = useNavigate();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const removal = useDeleteRecord(entity.path, row.id);
  const label = recordLabel(entity, row);

  async function remove(): Promise<void> {
    try {
      await removal.mutateAsync();
      toast(`${entity.title} “${label}” deleted`);
      await navigate(`/${entity.path}`, { replace: true });
    } catch (error) {
      setAsking(false);
      toast(messageOf(error), 'error');
    }
  }

  return (
    <>
      <button
        type="button"
        className="button button-danger-plain"
        onClick={() => {
          setAsking(true);
        }}
      >
        <Icon name="trash" className="size-4.5" />
        Delete
      </button>
      <ConfirmDialog
        open={asking}
        title={`Delete this ${entity.label}?`}
        action="Delete"
        dangerous
        busy={removal.isPending}
        onConfirm={() => {
          void remove();
        }}
        onCancel={() => {
          setAsking(false);
        }}
      >
        {`“${label}” will be gone for good.`}
      </ConfirmDialog>
    </>
  );
}

function Facts({ entity, row }: DetailProps) {
  const owner = asReference(row[entity.ownerEmbedded]);
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2 border-t border-line px-5 py-4 text-sm text-muted sm:px-8">
      {owner !== null && (
        <div className="flex gap-1.5">
          <dt>Added by</dt>
          <dd className="font-medium">{owner.label}</dd>
        </div>
      )}
      <div className="flex gap-1.5">
        <dt>Created</dt>
        <dd className="font-medium">{formatDateTime(row.createdAt)}</dd>
      </div>
      <div className="flex gap-1.5">
        <dt>Updated</dt>
        <dd className="font-medium">{formatDateTime(row.updatedAt)}</dd>
      </div>
    </dl>
  );
}

function Detail({ entity, row }: DetailProps) {
  const { user } = useSession();
  const sources = entity.related.map((related) => related.path);
  return (
    <>
      <PageHeader
        title={recordLabel(entity, row)}
        back={{ to: `/${entity.path}`, label: entity.titlePlural }}
      >
        {canChange(entity, row, user) && (
          <>
            <Link to={`/${entity.path}/${row.id}/edit`} className="button button-plain">
              <Icon name="edit" className="size-4.5" />
              Edit
            </Link>
            <DeleteButton entity={entity} row={row} />
          </>
        )}
      </PageHeader>
      <div className="space-y-6">
        <div className="card">
          <dl className="grid gap-x-10 gap-y-6 p-5 sm:grid-cols-2 sm:p-8">
            {entity.fields.map((field) => (
              <div key={field.name} className={field.type === 'text' ? 'sm:col-span-2' : ''}>
                <dt className="mb-1 text-sm text-muted">{field.label}</dt>
                <dd className="max-w-prose leading-7">
                  <FieldValue field={field} row={row} />
                </dd>
              </div>
            ))}
          </dl>
          <Facts entity={entity} row={row} />
        </div>
        {panels
          .filter((panel) => panel.entity === entity.path)
          .map(({ title, component: Content }) => (
            <Panel key={title} title={title}>
              <Content record={row} />
            </Panel>
          ))}
        {entity.related.map((related) => {
          const source = entities.find((candidate) => candidate.path === related.path);
          if (source === undefined || !canRead(source, user)) return null;
          return (
            <RelatedRecords
              key={`${related.path} ${related.key}`}
              entity={source}
              related={related}
              id={row.id}
              ambiguous={sources.filter((path) => path === related.path).length > 1}
            />
          );
        })}
      </div>
    </>
  );
}

/** One record with everything that is known about it. */
export function EntityDetail({ entity }: EntityDetailProps) {
  return (
    <RecordLoader entity={entity}>{(row) => <Detail entity={entity} row={row} />}</RecordLoader>
  );
}
