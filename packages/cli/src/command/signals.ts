const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves at the first signal that asks for the end. The second one ends the process at once. */
export function firstSignal(exitAtOnce: () => void): Promise<void> {
  return new Promise((resolve) => {
    let seen = false
    for (const signal of endingSignals) {
      process.on(signal, () => {
        if (seen) exitAtOnce()
        seen = true
        resolve()
      })
    }
  })
}
