/** Root may read and write everything: as root, the action is done as somebody else. It must be over when it returns. */
export function unprivileged<Result>(action: () => Result): Result {
  if (process.getuid?.() !== 0) return action()
  process.seteuid?.(65_534)
  try {
    return action()
  } finally {
    process.seteuid?.(0)
  }
}
