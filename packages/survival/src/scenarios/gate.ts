/** Something to wait for, opened by hand. */
export interface Gate {
  readonly opened: Promise<void>
  readonly open: () => void
}

export function makeGate(): Gate {
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
