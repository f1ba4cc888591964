interface LoadingProps {
  /** How many lines stand in for what is on its way. */
  lines?: number;
}

/** Grey lines where content will appear, announced once to screen readers. */
export function Loading({ lines = 5 }: LoadingProps) {
  return (
    <div role="status" className="space-y-4 py-2">
      <span className="sr-only">Loading…</span>
      {Array.from({ length: lines }, (_, line) => (
        <div
          key={line}
          className="h-5 animate-pulse rounded bg-sunken motion-reduce:animate-none"
          style={{ width: `${String(92 - ((line * 17) % 45))}%` }}
        />
      ))}
    </div>
  );
}
