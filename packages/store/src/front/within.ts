/** Waits for a promise, and not longer than this. @returns undefined where it takes longer; what comes of it then is nobody's */
export async function within<Value>(ms: number, promise: Promise<Value>): Promise<{ value: Value } | undefined> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined)
    }, ms)
  })
  try {
    return await Promise.race([promise.then((value) => ({ value })), over])
  } finally {
    clearTimeout(timer)
    promise.catch(() => undefined)
  }
}
