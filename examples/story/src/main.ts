import { chapter } from './telling.js'
import { tellStory } from './story.js'

/** Longer than any step needs: a story that hangs is a story that failed. */
const maxMs = 60_000

const timer = setTimeout(() => {
  console.error(`The story did not end within ${String(maxMs / 1000)} s.`)
  process.exit(1)
}, maxMs)

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

const answered = await tellStory((line) => {
  console.log(line)
})
clearTimeout(timer)
console.log(
  chapter(
    answered
      ? 'The server died, and the call was answered.'
      : 'The call through the bridge was NOT answered: this is a bug in MCP Tether, please report it with the lines above.',
  ),
)
process.exitCode = answered ? 0 : 1
