import { PageHeader } from '../components/PageHeader.tsx';
import { PasswordForm } from '../auth/PasswordForm.tsx';
import { ProfileForm } from '../auth/ProfileForm.tsx';
import { useSession } from '../auth/session.ts';

export function AccountPage() {
  const { user } = useSession();
  return (
    <div className="max-w-2xl">
      <PageHeader title="Your account" description={user?.email ?? ''} />
      <div className="space-y-6">
        <ProfileForm />
        <PasswordForm />
      </div>
    </div>
  );
}
