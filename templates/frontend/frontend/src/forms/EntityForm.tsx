import { zodResolver } from '@hookform/resolvers/zod';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useNavigate, useSearchParams } from 'react-router';
import { useSaveRecord } from '../api/records.ts';
import type { EntityRow } from '../api/types.ts';
import { useToast } from '../components/toast.ts';
import type { EntityDefinition, FieldDefinition } from '../resources/definition.ts';
import { recordLabel } from '../resources/format.ts';
import { FieldInput } from './FieldInput.tsx';
import { FormAlert } from './FormAlert.tsx';
import { LeaveGuard } from './LeaveGuard.tsx';
import { formSchema } from './schema.ts';
import { placeServerErrors } from './serverErrors.ts';
import { startValues, type FormValues } from './values.ts';

interface EntityFormProps {
  entity: EntityDefinition;
  /** The record to change; without one the form creates a new one. */
  row?: EntityRow;
}

/** Short inputs stand side by side where there is room; a checkbox then is level with its neighbour. */
function cellClass({ type }: FieldDefinition): string {
  if (type === 'boolean') return 'sm:pt-6.5';
  return ['integer', 'decimal', 'date', 'datetime', 'enum'].includes(type) ? '' : 'sm:col-span-2';
}

export function EntityForm({ entity, row }: EntityFormProps) {
  const navigate = useNavigate();
  const toast = useToast();
  const [presets] = useSearchParams();
  const save = useSaveRecord(entity.path, row?.id);
  const [problem, setProblem] = useState<string | null>(null);
  const saved = useRef(false);
  const schema = useMemo(() => formSchema(entity.fields), [entity]);
  const { control, handleSubmit, setError, formState } = useForm<
    FormValues,
    unknown,
    Record<string, unknown>
  >({
    resolver: zodResolver(schema),
    defaultValues: startValues(entity.fields, row, presets),
    mode: 'onTouched',
  });
  const { isDirty, isSubmitting } = formState;
  const wouldLose = useCallback(() => isDirty && !saved.current, [isDirty]);

  async function submit(body: Record<string, unknown>): Promise<void> {
    setProblem(null);
    try {
      const record = await save.mutateAsync(body);
      saved.current = true;
      toast(`${entity.title} “${recordLabel(entity, record)}” saved`);
      await navigate(`/${entity.path}/${record.id}`, { replace: row !== undefined });
    } catch (error) {
      const names = entity.fields.map((field) => field.name);
      setProblem(placeServerErrors(error, names, setError));
    }
  }

  return (
    <form
      noValidate
      className="card max-w-3xl p-5 sm:p-8"
      onSubmit={(event) => {
        void handleSubmit(submit)(event);
      }}
    >
      <FormAlert message={problem} />
      <div className="grid gap-6 sm:grid-cols-2">
        {entity.fields.map((field) => (
          <div key={field.name} className={cellClass(field)}>
            <FieldInput path={entity.path} field={field} control={control} row={row} />
          </div>
        ))}
      </div>
      <div className="mt-8 flex flex-wrap gap-3 border-t border-line pt-6">
        <button type="submit" className="button button-primary" disabled={isSubmitting}>
          Save
        </button>
        <button
          type="button"
          className="button button-plain"
          onClick={() => {
            void navigate(row === undefined ? `/${entity.path}` : `/${entity.path}/${row.id}`);
          }}
        >
          Cancel
        </button>
      </div>
      <LeaveGuard isDirty={wouldLose} />
    </form>
  );
}
