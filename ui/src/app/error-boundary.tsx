import { Component, type ReactNode } from 'react'
import { Problem } from '../components/problem.tsx'

interface Props {
  /** Another one is another page: what failed there does not matter here. */
  place: string
  children: ReactNode
}

interface State {
  error: unknown
  place: string
}

/** Keeps the rest of the page where a part of it cannot be shown. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, place: this.props.place }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error }
  }

  static getDerivedStateFromProps(props: Props, state: State): State | null {
    return props.place === state.place ? null : { error: null, place: props.place }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <Problem
        what="This page cannot be shown."
        error={error}
        onRetry={() => this.setState({ error: null })}
      />
    )
  }
}
