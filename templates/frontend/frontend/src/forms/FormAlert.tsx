import { Icon } from '../components/Icon.tsx';

interface FormAlertProps {
  message: string | null;
}

/** What is wrong with a form as a whole. The region stands before its text does, to be announced. */
export function FormAlert({ message }: FormAlertProps) {
  return (
    <div role="alert">
      {message !== null && (
        <p className="mb-6 flex items-start gap-2 rounded-lg bg-danger-tint px-4 py-3 text-sm font-medium text-danger">
          <Icon name="alert" className="size-5" />
          {message}
        </p>
      )}
    </div>
  );
}
