import { zodResolver } from '@hookform/resolvers/zod';
import { useId, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useToast } from '../components/toast.ts';
import { FieldInput } from '../forms/FieldInput.tsx';
import { FormAlert } from '../forms/FormAlert.tsx';
import { formSchema } from '../forms/schema.ts';
import { placeServerErrors } from '../forms/serverErrors.ts';
import { startValues, type FormValues } from '../forms/values.ts';
import { useSession } from './session.ts';
import { accountFields } from './userFields.ts';

const schema = formSchema(accountFields);
const names = accountFields.map((field) => field.name);

export function ProfileForm() {
  const { user, updateUser } = useSession();
  const toast = useToast();
  const titleId = useId();
  const [problem, setProblem] = useState<string | null>(null);
  const { control, handleSubmit, setError, formState } = useForm<
    FormValues,
    unknown,
    Record<string, unknown>
  >({
    resolver: zodResolver(schema),
    defaultValues: startValues(accountFields, user ?? {}),
  });

  const submit = handleSubmit(async (changes) => {
    setProblem(null);
    try {
      await updateUser(changes);
      toast('Profile saved');
    } catch (error) {
      setProblem(placeServerErrors(error, names, setError));
    }
  });

  return (
    <section aria-labelledby={titleId} className="card p-5 sm:p-8">
      <h2 id={titleId} className="mb-5 text-lg font-semibold">
        Profile
      </h2>
      <form
        noValidate
        onSubmit={(event) => {
          void submit(event);
        }}
      >
        <FormAlert message={problem} />
        <div className="space-y-5">
          {accountFields.map((field) => (
            <FieldInput key={field.name} field={field} control={control} />
          ))}
        </div>
        <button
          type="submit"
          className="button button-primary mt-6"
          disabled={formState.isSubmitting}
        >
          Save
        </button>
      </form>
    </section>
  );
}
