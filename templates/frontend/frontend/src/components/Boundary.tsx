import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  /** What is missing when this fails, for the message. */
  name: string;
  children: ReactNode;
}

interface BoundaryState {
  failed: boolean;
}

/** Keeps the failure of one part from taking the page with it. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: false };

  static getDerivedStateFromError(): BoundaryState {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <p role="alert" className="card p-6 text-sm text-muted">
        {`“${this.props.name}” could not be shown.`}
      </p>
    );
  }
}
