/** What the process ends with. Part of the command's contract, listed in `--help` and in docs/cli.md. */
export const exitCodes = {
  /** The host closed the pipe, or a signal (SIGINT, SIGTERM, SIGHUP) asked for the end. */
  normal: 0,
  /** Something went wrong that should not have: a defect, or a machine out of resources. */
  unexpected: 1,
  /** The command line or an environment variable can't be understood. */
  usage: 2,
  /** The configuration file can't be read, or something in it is wrong. */
  configuration: 3,
  /** A credential file, or the directory of such files, can't be used; or `whoami` found no sign-in. */
  credentials: 4,
  /** Another file that an option names can't be read or written. */
  file: 6,
  /** A host's configuration file can't be read, understood or changed as asked. */
  hostFile: 7,
} as const

/** One line for each, for help and documentation. */
export const exitCodeTexts: Readonly<Record<keyof typeof exitCodes, string>> = {
  normal: 'ended normally: the host closed the pipe, or a signal asked for it',
  unexpected: 'unexpected failure',
  usage: 'the command line, or a variable of the environment, could not be understood',
  configuration: 'the configuration file could not be read, or something in it is wrong',
  credentials: 'a credential file or its directory could not be used, or whoami found no sign-in',
  file: 'another file that an option names could not be read or written',
  hostFile: "a host's configuration file could not be read, understood or changed as asked",
}
