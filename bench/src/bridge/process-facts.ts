import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The resident memory of a process, in MiB. */
export function residentMiB(pid: number | undefined): number {
  return Number(psOf(pid, 'rss=').trim()) / 1024
}

/** The processor time that a process has had, user and system, in milliseconds; `NaN` where only Linux would tell. */
export function cpuMs(pid: number | undefined): number {
  if (process.platform !== 'linux') return Number.NaN
  // The fields after the name of the program, which may hold spaces itself.
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')
      .at(-1)
      ?.split(' ') ?? []
  const ticks = Number(fields[11]) + Number(fields[12])
  // USER_HZ is 100 on every Linux that Node runs on.
  return ticks * 10
}

function psOf(pid: number | undefined, what: string): string {
  const { stdout, error } = spawnSync('ps', ['-o', what, '-p', String(pid)], { encoding: 'utf8' })
  if (error) throw new Error(`The memory of a process can't be read: ${error.message}`)
  return stdout
}
