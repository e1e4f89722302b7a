/**
 * Waits for a promise, and not longer than this. Its timer keeps the process alive: whoever waits here has to be answered
 * also when nothing else is left to do.
 * @returns undefined where it takes longer
 */
export async function within<Value>(ms: number, promise: Promise<Value>): Promise<{ value: Value } | undefined> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  try {
    return await Promise.race([promise.then((value) => ({ value })), over])
  } finally {
    clearTimeout(timer)
    promise.catch(() => undefined)
  }
}
