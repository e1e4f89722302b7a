import type { ConfigObject } from '../document/document.js'
import type { Launch } from '../launch/launch.js'

/** The shape that most hosts share: `command`, `args`, and `env` where there is something in it. */
export function commandEntry({ command, args, env }: Launch): ConfigObject {
  return { command, args, ...(Object.keys(env).length === 0 ? {} : { env }) }
}
