import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Link, Navigate, useSearchParams } from 'react-router';
import { app } from '../app.ts';
import { AuthCard } from '../auth/AuthCard.tsx';
import { nextPage } from '../auth/next.ts';
import { registerSchema } from '../auth/schemas.ts';
import { useSession } from '../auth/session.ts';
import { TextField } from '../auth/TextField.tsx';
import { FormAlert } from '../forms/FormAlert.tsx';
import { placeServerErrors } from '../forms/serverErrors.ts';

export function RegisterPage() {
  const { status, register } = useSession();
  const [search] = useSearchParams();
  const [problem, setProblem] = useState<string | null>(null);
  const { control, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(registerSchema),
    defaultValues: { name: '', email: '', password: '' },
  });

  if (status === 'signedIn') return <Navigate to={nextPage(search)} replace />;

  const submit = handleSubmit(async (account) => {
    setProblem(null);
    try {
      await register(account);
    } catch (error) {
      setProblem(placeServerErrors(error, ['name', 'email', 'password'], setError));
    }
  });

  return (
    <AuthCard
      title="Join us"
      description={`Your account for ${app.name} is ready in a moment.`}
      footer={
        <>
          Already have an account?{' '}
          <Link to={`/login?${search.toString()}`} className="link">
            Sign in
          </Link>
        </>
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          void submit(event);
        }}
      >
        <FormAlert message={problem} />
        <div className="space-y-5">
          <TextField control={control} name="name" label="Name" type="text" autoComplete="name" />
          <TextField
            control={control}
            name="email"
            label="Email"
            type="email"
            autoComplete="email"
          />
          <TextField
            control={control}
            name="password"
            label="Password"
            type="password"
            autoComplete="new-password"
            hint="At least 8 characters."
          />
        </div>
        <button
          type="submit"
          className="button button-primary mt-7 w-full"
          disabled={formState.isSubmitting}
        >
          Create account
        </button>
      </form>
    </AuthCard>
  );
}
