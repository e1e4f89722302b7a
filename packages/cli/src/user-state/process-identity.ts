import { execFile } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { systemCode } from './user-state-error.js'

/** Names a process so that another one with the same number can't be taken for it. */
export interface ProcessIdentity {
  readonly pid: number
  /** Which numbering of processes the number belongs to: on Linux the boot and the PID namespace, else the machine. */
  readonly host: string
  /** When it was started, in the platform's own words. Absent where the platform doesn't tell. */
  readonly start?: string
}

/** What this process sees under the number of another. */
export interface ProcessSighting {
  /** The observer's own. */
  readonly host: string
  readonly exists: boolean
  readonly start: string | undefined
}

/** `unknown`: another machine's or container's, or a number that is in use on a platform without start times. */
export type Life = 'alive' | 'dead' | 'unknown'

/** Whether the process that was named is still there. */
export function judgeLife(named: ProcessIdentity, seen: ProcessSighting): Life {
  if (named.host !== seen.host) return 'unknown'
  if (!seen.exists) return 'dead'
  if (named.start === undefined || seen.start === undefined) return 'unknown'
  return named.start === seen.start ? 'alive' : 'dead'
}

let own: Promise<ProcessIdentity> | undefined

/** This process. */
export function ownIdentity(): Promise<ProcessIdentity> {
  return (own ??= look(process.pid).then(({ start }) => ({
    pid: process.pid,
    host: processHost(),
    ...(start === undefined ? {} : { start }),
  })))
}

/** Whether a process lives, as far as this one can see. */
export async function lifeOf(named: ProcessIdentity): Promise<Life> {
  const host = processHost()
  // The number is another's here.
  if (named.host !== host) return 'unknown'
  return judgeLife(named, { host, ...(await sight(named.pid)) })
}

type Sight = Omit<ProcessSighting, 'host'>

async function sight(pid: number): Promise<Sight> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if (systemCode(error) !== 'EPERM') return { exists: false, start: undefined }
  }
  return look(pid)
}

let host: string | undefined

function processHost(): string {
  return (host ??= findHost())
}

function findHost(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** For a process that exists. */
async function look(pid: number): Promise<Sight> {
  const unseen = { exists: true, start: undefined }
  try {
    if (process.platform === 'linux') return linuxSight(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    if (process.platform === 'win32') return unseen
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      timeout: 5_000,
    })
    return { exists: true, start: stdout.trim() || undefined }
  } catch {
    return unseen
  }
}

/**
 * Field 22 of `/proc/PID/stat`, in clock ticks since the boot: proc_pid_stat(5). A process that has ended keeps its
 * number until its parent asks for it, and in a container without an init nobody may ever ask.
 */
export function linuxSight(stat: string): Sight {
  // Field 2, the command's name, stands in brackets and may itself hold spaces and brackets.
  const [state, ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { exists: state !== 'Z' && state !== 'X', start: others[18] }
}
