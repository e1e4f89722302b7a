import { readFileSync } from 'node:fs'
import { play } from './simulation/dist/model/play.js'
import * as F from './simulation/dist/schedule/features.js'
import { withSessionRecovery } from '@mcp-tether/client'
const text = readFileSync(process.argv[2] ?? '/tmp/lead/sim-none.log','utf8')
const json = text.slice(text.indexOf('\n{\n')+1, text.indexOf('\n}\n')+2)
const schedule = JSON.parse(json)
console.log(play.length, String(play).slice(0,200))
const h = await play(schedule, process.argv[3]==='all'?F.allFeatures:F.currentFeatures, withSessionRecovery)
console.log(h.clients.map(c=>c.mistakes))
