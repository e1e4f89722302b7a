import type { Classes } from './classes.js'
import type { Finding } from './simulate.js'
import { wireLog } from './wire-log.js'

/** A failure for humans: what is wrong, the shortest schedule that shows it, and what went over the wire. */
export function reportOf({ faults, schedule, history }: Finding): string {
  return [
    ...faults.map((fault) => `FAULT ${fault}`),
    '',
    'The shortest schedule that was found:',
    JSON.stringify(schedule, undefined, 1),
    '',
    'What happened (virtual milliseconds):',
    wireLog(history),
    '',
  ].join('\n')
}

/** One line for each class, in the order of their names. */
export function countsOf(classes: Classes): string {
  const names = Object.keys(classes).sort()
  const width = Math.max(...names.map(({ length }) => length))
  return names.map((name) => `${name.padEnd(width)}  ${String(classes[name])}`).join('\n')
}
