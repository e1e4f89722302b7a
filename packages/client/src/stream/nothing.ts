/** A stream that has ended: what comes after it is found as after any other. */
export function nothing(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.close()
    },
  })
}
