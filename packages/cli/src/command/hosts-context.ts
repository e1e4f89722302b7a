import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import type { HostsContext } from '../hosts/context.js'
import { userDirectories } from '../user-state/directories.js'

/** This process and its user, for the commands that change hosts' configurations. */
export function hostsContext(environment: NodeJS.ProcessEnv): HostsContext {
  const facts = { platform: process.platform, environment, homeDirectory: homedir() }
  const { backups, wrapped } = userDirectories(facts)
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY
  return {
    machine: { ...facts, workingDirectory: process.cwd() },
    backupDirectory: backups,
    recordDirectory: wrapped,
    now: () => new Date(),
    print: (text) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    tell: (line) => process.stderr.write(`${line}\n`),
    confirm: isTerminal ? () => askOn(process.stdin, process.stderr) : undefined,
  }
}

/** Anything but yes is no; so is the end of the input. */
async function askOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<boolean> {
  const questions = createInterface({ input, output })
  try {
    const ended = new Promise<string>((resolve) =>
      questions.once('close', () => {
        resolve('')
      }),
    )
    const answer = await Promise.race([questions.question('Write this? [y/N] '), ended])
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    questions.close()
  }
}
