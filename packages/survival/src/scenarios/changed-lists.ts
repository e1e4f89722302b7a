import { defaultLists } from '../fault-server/protocol.js'
import type { Lists } from '../fault-server/options.js'
import { all, posts } from '../fault-server/match.js'
import type { Player, Stage } from '../runner/stage.js'
import type { JsonObject } from '../wire/json.js'
import type { Message } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { answered, expectCount, expectInitializes, inLife } from './wire-facts.js'

type Listed = keyof Lists

function isChanged(of: Listed): (message: Message) => boolean {
  return ({ method }) => method === `notifications/${of}/list_changed`
}

/** Lists with one entry more. */
function withMore(of: Listed): Lists {
  const entries: Readonly<Record<Listed, JsonObject>> = {
    tools: { name: 'zz_new_tool', description: 'New', inputSchema: { type: 'object' } },
    prompts: { name: 'zz_new_prompt' },
    resources: { uri: 'value://zz', name: 'zz' },
  }
  return { ...defaultLists, [of]: [...defaultLists[of], entries[of]] }
}

/** The client lists, the server is replaced by one with these lists, and a call has the session renewed, or has not. */
async function replaced(stage: Stage, player: Player, ask: () => Promise<unknown>, lists: Lists): Promise<boolean> {
  await ask()
  stage.server.restart({ lists })
  stage.expectExecutions('append_value', 'a', 1)
  return stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
}

function list(stage: Stage, { client }: Player, of: Listed, cursor?: string): Promise<boolean> {
  const params = cursor === undefined ? {} : { cursor }
  return stage.expectAnswer(stage.act(`${of}/list`, client.request(`${of}/list`, params)))
}

/** Where there is no stream, the client is told with the next answer. */
async function toldOf(stage: Stage, player: Player, of: Listed): Promise<void> {
  stage.expectHeard(player, `${of}/list_changed`, (heard) => heard.some(isChanged(of)))
  await stage.see(all(posts(`${of}/list`), inLife(2), answered(200)))
  // The first of these may come before the new list was compared.
  for (const key of ['b', 'c']) await stage.expectAnswer(stage.call(player, 'append_value', { key }))
  await stage.hears(player, isChanged(of))
}

async function notToldOf(stage: Stage, player: Player, of: Listed): Promise<void> {
  stage.expectHeard(player, `no ${of}/list_changed`, (heard) => !heard.some(isChanged(of)))
  await stage.see(all(posts(`${of}/list`), inLife(2), answered(200)))
  for (const key of ['b', 'c']) await stage.expectAnswer(stage.call(player, 'append_value', { key }))
  await player.client.flushed()
}

function announced(of: Listed): Scenario {
  return {
    name: `${of}-changed`,
    title: `The new process has other ${of}: the client is told with list_changed`,
    promise: 'P8',
    needs: ['request', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      if (!(await replaced(stage, player, () => list(stage, player, of), withMore(of)))) return
      await toldOf(stage, player, of)
      expectInitializes(stage, 2)
    },
  }
}

const withoutHint: Lists = {
  ...defaultLists,
  tools: defaultLists.tools.map((tool) => (tool.name === 'read_value' ? { ...tool, annotations: {} } : tool)),
}

export const changedLists: readonly Scenario[] = [
  announced('tools'),
  announced('prompts'),
  announced('resources'),
  {
    name: 'tools-changed-without-a-stream',
    title: 'The new process has other tools and no standalone stream: the client is told with the next answer',
    promise: 'P8',
    needs: ['request', 'hears'],
    server: { standaloneStream: false },
    async play(stage) {
      const player = await stage.connect()
      if (!(await replaced(stage, player, () => list(stage, player, 'tools'), withMore('tools')))) return
      await toldOf(stage, player, 'tools')
    },
  },
  {
    name: 'tools-changed-in-content-only',
    title: 'The new process describes a tool of the same name differently: that is a change too',
    promise: 'P8',
    needs: ['request', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      if (!(await replaced(stage, player, () => list(stage, player, 'tools'), withoutHint))) return
      await toldOf(stage, player, 'tools')
    },
  },
  {
    name: 'tools-changed-on-the-second-page',
    title: 'Only the second page of the tools differs: the client, which has read both, is told',
    promise: 'P8',
    needs: ['request', 'hears'],
    server: { pageSize: 3 },
    async play(stage) {
      const player = await stage.connect()
      const both = async () => {
        await list(stage, player, 'tools')
        await list(stage, player, 'tools', '3')
      }
      if (!(await replaced(stage, player, both, withMore('tools')))) return
      await toldOf(stage, player, 'tools')
    },
  },
  {
    name: 'tools-changed-after-nobody-called',
    title: 'A redeploy with other tools while nobody calls anything: the client is told on its standalone stream',
    promise: 'P8',
    needs: ['request', 'hears', 'listens'],
    async play(stage) {
      const player = await stage.connect()
      await list(stage, player, 'tools')
      stage.server.restart({ lists: withMore('tools'), streams: 'end' })
      await stage.hears(player, isChanged('tools'))
      stage.expectHeard(player, 'tools/list_changed', (heard) => heard.some(isChanged('tools')))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
    },
  },
  {
    name: 'tools-unchanged',
    title: 'The new process has the same tools, described with members in another order: the client is told nothing',
    promise: 'P8',
    needs: ['request', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      const tools = defaultLists.tools.map((tool) => Object.fromEntries(Object.entries(tool).reverse()))
      if (!(await replaced(stage, player, () => list(stage, player, 'tools'), { ...defaultLists, tools }))) return
      await notToldOf(stage, player, 'tools')
    },
  },
  {
    name: 'tools-changed-undeclared',
    title: 'The server never declared that it tells of changed tools: the client is told nothing it may not know',
    promise: 'P8',
    needs: ['request', 'hears'],
    server: { listChanged: false },
    async play(stage) {
      const player = await stage.connect()
      if (!(await replaced(stage, player, () => list(stage, player, 'tools'), withMore('tools')))) return
      await notToldOf(stage, player, 'tools')
    },
  },
  {
    name: 'lists-never-asked-for',
    title: 'A client that never listed anything: no list is asked for, and it is told nothing',
    promise: 'P8',
    needs: ['hears'],
    async play(stage) {
      const player = await stage.connect()
      if (!(await replaced(stage, player, () => Promise.resolve(), withMore('tools')))) return
      for (const key of ['b', 'c']) await stage.expectAnswer(stage.call(player, 'append_value', { key }))
      for (const of of ['tools', 'prompts', 'resources'] as const) {
        expectCount(stage, `${of}/list`, posts(`${of}/list`), 0)
        stage.expectHeard(player, `no ${of}/list_changed`, (heard) => !heard.some(isChanged(of)))
      }
    },
  },
  {
    name: 'lists-do-not-delay-the-replay',
    title: 'The new process takes for ever to list its tools: the replayed call is answered before that',
    promise: 'P8',
    needs: ['request'],
    async play(stage) {
      const player = await stage.connect()
      await list(stage, player, 'tools')
      stage.server.script(all(posts('tools/list'), inLife(2)), { silence: true }, { times: Infinity })
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectWire('the replay took less than two seconds', (wire) => {
        const [refused, replay] = wire.filter(({ body }) => body.includes('"a"') && body.includes('tools/call'))
        return refused !== undefined && replay !== undefined && replay.startedAtMs - refused.startedAtMs < 2000
      })
    },
  },
]
