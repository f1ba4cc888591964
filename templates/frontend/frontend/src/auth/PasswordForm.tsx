import { zodResolver } from '@hookform/resolvers/zod';
import { useId, useState } from 'react';
import { useForm } from 'react-hook-form';
import { request } from '../api/client.ts';
import { useToast } from '../components/toast.ts';
import { FormAlert } from '../forms/FormAlert.tsx';
import { placeServerErrors } from '../forms/serverErrors.ts';
import { passwordSchema } from './schemas.ts';
import { TextField } from './TextField.tsx';

export function PasswordForm() {
  const toast = useToast();
  const titleId = useId();
  const [problem, setProblem] = useState<string | null>(null);
  const { control, handleSubmit, setError, reset, formState } = useForm({
    resolver: zodResolver(passwordSchema),
    defaultValues: { currentPassword: '', newPassword: '' },
  });

  const submit = handleSubmit(async (body) => {
    setProblem(null);
    try {
      await request('POST', '/auth/password', { body });
      reset();
      toast('Password changed');
    } catch (error) {
      setProblem(placeServerErrors(error, ['currentPassword', 'newPassword'], setError));
    }
  });

  return (
    <section aria-labelledby={titleId} className="card p-5 sm:p-8">
      <h2 id={titleId} className="mb-5 text-lg font-semibold">
        Change password
      </h2>
      <form
        noValidate
        onSubmit={(event) => {
          void submit(event);
        }}
      >
        <FormAlert message={problem} />
        <div className="space-y-5">
          <TextField
            control={control}
            name="currentPassword"
            label="Current password"
            type="password"
            autoComplete="current-password"
          />
          <TextField
            control={control}
            name="newPassword"
            label="New password"
            type="password"
            autoComplete="new-password"
            hint="At least 8 characters."
          />
        </div>
        <button
          type="submit"
          className="button button-plain mt-6"
          disabled={formState.isSubmitting}
        >
          Change password
        </button>
      </form>
    </section>
  );
}
