import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Link, Navigate, useSearchParams } from 'react-router';
import { app } from '../app.ts';
import { AuthCard } from '../auth/AuthCard.tsx';
import { nextPage } from '../auth/next.ts';
import { signInSchema } from '../auth/schemas.ts';
import { useSession } from '../auth/session.ts';
import { TextField } from '../auth/TextField.tsx';
import { FormAlert } from '../forms/FormAlert.tsx';
import { placeServerErrors } from '../forms/serverErrors.ts';

export function LoginPage() {
  const { status, signIn } = useSession();
  const [search] = useSearchParams();
  const [problem, setProblem] = useState<string | null>(null);
  const { control, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(signInSchema),
    defaultValues: { email: '', password: '' },
  });

  if (status === 'signedIn') return <Navigate to={nextPage(search)} replace />;

  const submit = handleSubmit(async (credentials) => {
    setProblem(null);
    try {
      await signIn(credentials);
    } catch (error) {
      setProblem(placeServerErrors(error, ['email', 'password'], setError));
    }
  });

  return (
    <AuthCard
      title="Welcome back"
      description={`Sign in to go on with ${app.name}.`}
      footer={
        <>
          New here?{' '}
          <Link to={`/register?${search.toString()}`} className="link">
            Create account
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
          <TextField
            control={control}
            name="email"
            label="Email"
            type="email"
            autoComplete="username"
          />
          <TextField
            control={control}
            name="password"
            label="Password"
            type="password"
            autoComplete="current-password"
          />
        </div>
        <button
          type="submit"
          className="button button-primary mt-7 w-full"
          disabled={formState.isSubmitting}
        >
          Sign in
        </button>
      </form>
    </AuthCard>
  );
}
