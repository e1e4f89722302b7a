import { expect, it } from 'vitest'
import { changedAspects, offers, serverFactsOf, type Offer } from './server-facts.js'

const lists = ['tools', 'prompts', 'resources'] as const

it('holds names, versions and what is offered, and no texts', () => {
  const facts = serverFactsOf({
    protocolVersion: '2025-11-25',
    serverInfo: { name: 'n', version: 'v', description: 'long '.repeat(100) },
    capabilities: { logging: {}, tools: { listChanged: true }, prompts: {}, resources: { subscribe: true } },
    instructions: 'secret '.repeat(10_000),
  })
  expect(facts).toMatchObject({ name: 'n', version: 'v' })
  const all: Offer[] = ['logging', 'resources.subscribe', ...lists.map((list) => `${list}.listChanged` as const)]
  expect(all.filter((offer) => offers(facts, offer))).toEqual(['logging', 'resources.subscribe', 'tools.listChanged'])
  expect(offers(undefined, 'logging')).toBe(false)
  expect(JSON.stringify(facts).length).toBeLessThan(500)
})

it.each([{}, { serverInfo: 1, capabilities: [] }, { serverInfo: { name: 'x'.repeat(1_000), version: 2 } }])(
  'takes no harm from %j',
  (result) => {
    expect(serverFactsOf(result)).toMatchObject({ name: '', version: '', offers: 0 })
  },
)

it('says in which respects two differ', () => {
  const before = { protocolVersion: '1', serverInfo: { name: 'n' }, capabilities: { tools: {} }, instructions: 'i' }
  const changed = (after: object) => changedAspects(serverFactsOf(before), serverFactsOf({ ...before, ...after }))
  expect(changed({})).toEqual([])
  expect(changed({ capabilities: { tools: {}, logging: {} }, instructions: undefined })).toEqual([
    'capabilities',
    'instructions',
  ])
})
