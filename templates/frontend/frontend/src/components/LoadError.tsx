import { messageOf } from '../api/problem.ts';
import { Icon } from './Icon.tsx';

interface LoadErrorProps {
  error: unknown;
  onRetry: () => void;
}

export function LoadError({ error, onRetry }: LoadErrorProps) {
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-12 text-center">
      <Icon name="alert" className="size-8 text-danger" />
      <p className="text-muted">{messageOf(error)}</p>
      <button type="button" className="button button-plain" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
