import { parseArgs } from 'node:util'
import { allFeatures, featuresNamed, type Features } from '../schedule/features.js'

export const help = `Plays random schedules through the engine and judges every one of them.

Usage: npm run simulate -- [options]

  --runs N           how many schedules to play (default 5000)
  --seed S           the seed that makes them (default: from the time)
  --features LIST    all, none, or names with commas between them: ${Object.keys(allFeatures).join(', ')}
                     (default: ${nameOf(allFeatures)})
  --engine FILE      play them through the engine in this module, not the one of this workspace
  --stop             stop at the first failure and don't look for a shorter schedule
  --help             show this

Ends with one line "N schedules, F failures, seed S"; the exit code is 1 when there was a failure. Of the first one the
shortest schedule that was found is shown, with its wire log.

Examples:
  npm run simulate -- --runs 100000 --seed 7
  npm run simulate -- --runs 20000 --features restore,standalone
`

export interface Arguments {
  readonly runs: number
  readonly seed: number
  readonly features: Features
  readonly engine: string | undefined
  readonly stop: boolean
  readonly help: boolean
}

/** Reads a command line. Throws an Error that says what is wrong with it. */
export function readArguments(args: readonly string[], now: number): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '5000' },
      seed: { type: 'string', default: String(now % 2 ** 31) },
      features: { type: 'string' },
      engine: { type: 'string' },
      stop: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    runs: wholeNumber('runs', values.runs, 1),
    seed: wholeNumber('seed', values.seed, 0),
    features: featuresOf(values.features),
    engine: values.engine,
    stop: values.stop,
    help: values.help,
  }
}

function featuresOf(list: string | undefined): Features {
  if (list === undefined) return allFeatures
  if (list === 'all') return allFeatures
  return featuresNamed(list === 'none' ? [] : list.split(','))
}

function nameOf(features: Features): string {
  const names = Object.entries(features).flatMap(([name, isOn]) => (isOn ? [name] : []))
  return names.length === 0 ? 'none' : names.join(',')
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= min && text.trim() !== '') return value
  throw new Error(`--${name}: expected a whole number from ${String(min)}, was given "${text}".`)
}
