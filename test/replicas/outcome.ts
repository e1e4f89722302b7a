/** How a call ended for a client, as a value. */
export type Outcome = { readonly text: string } | { readonly error: string; readonly code: unknown }

/** A call that may be open, without anybody waiting for it. */
export interface Call {
  readonly line: string
  readonly ended: Promise<Outcome>
  /** undefined: it is open. */
  outcome(): Outcome | undefined
}

export function watched(line: string, result: Promise<string>, onEnd: () => void): Call {
  let outcome: Outcome | undefined
  const ended = result
    .then(
      (text) => ({ text }),
      (error: unknown) => ({ error: String(error), code: (error as { code?: unknown }).code }),
    )
    .then((value) => {
      outcome = value
      onEnd()
      return value
    })
  return { line, ended, outcome: () => outcome }
}
