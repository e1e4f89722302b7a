/** What the process ends with. Part of the command's contract, listed in `--help` and in the README. */
export const exitCodes = {
  /** The host closed the pipe, or a signal (SIGINT, SIGTERM, SIGHUP) asked for the end. */
  normal: 0,
  /** Something went wrong that should not have: a defect, or a machine out of resources. */
  unexpected: 1,
  /** The command line can't be understood. */
  usage: 2,
} as const
