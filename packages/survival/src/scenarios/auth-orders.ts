import { text } from '../fault-server/answer.js'
import { calls, initializes } from '../fault-server/match.js'
import type { Match } from '../fault-server/match.js'
import type { Player, Stage } from '../runner/stage.js'
import { SignIn } from './sign-in.js'
import type { Scenario } from './scenario.js'
import { expectCount } from './wire-facts.js'

interface SignedIn {
  readonly signIn: SignIn
  readonly player: Player
}

/** A client that has signed in, and whose token the server looks at from now on. */
async function signedIn(stage: Stage, guarded: Match): Promise<SignedIn> {
  const signIn = new SignIn(stage)
  signIn.guard(guarded)
  const player = await stage.connect({ signIn: signIn.tokens })
  await stage.expectAnswer(stage.call(player, 'read_value'))
  return { signIn, player }
}

function expectRefreshes(stage: Stage, times: number): void {
  expectCount(stage, 'requests for a token', ({ path }) => path === '/token', times)
}

function authScenario(
  name: string,
  title: string,
  guarded: Match,
  play: (stage: Stage, signedIn: SignedIn) => Promise<void>,
): Scenario {
  return {
    name,
    title,
    promise: 'P7',
    needs: ['signs-in'],
    async play(stage) {
      await play(stage, await signedIn(stage, guarded))
    },
  }
}

const anything: Match = () => true

export const authOrders: readonly Scenario[] = [
  authScenario(
    'auth-404-then-401',
    'The session is lost, and initialize is answered 401: the client refreshes its token, and the call is answered',
    initializes,
    async (stage, { signIn, player }) => {
      stage.server.restart()
      signIn.expire()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectRefreshes(stage, 1)
    },
  ),
  authScenario(
    'auth-401-then-404',
    'The token has expired, and behind it the session is lost: one refresh, one recovery, and the call is answered',
    anything,
    async (stage, { signIn, player }) => {
      stage.server.restart()
      signIn.expire()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectRefreshes(stage, 1)
      expectCount(stage, 'initialize', initializes, 2)
    },
  ),
  authScenario(
    'auth-401-on-a-live-session',
    'The token has expired and the session lives: the client refreshes, and nothing is renewed',
    anything,
    async (stage, { signIn, player }) => {
      signIn.expire()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectRefreshes(stage, 1)
      expectCount(stage, 'initialize', initializes, 1)
    },
  ),
  authScenario(
    'auth-401-during-back-off',
    'Not ready, then a token that has expired meanwhile, then a lost session: the call is answered',
    anything,
    async (stage, { signIn, player }) => {
      stage.server.restart()
      stage.server.script(calls('append_value', 'a'), () => {
        signIn.expire()
        return { ...text(503, 'starting'), headers: { 'retry-after': '0' } }
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectRefreshes(stage, 1)
      expectCount(stage, 'initialize', initializes, 2)
    },
  ),
  authScenario(
    'auth-five-calls-one-refresh',
    'Five calls meet the loss, and initialize is answered 401: one refresh with a rotating token, five answers',
    initializes,
    async (stage, { signIn, player }) => {
      stage.server.restart()
      signIn.expire()
      const keys = ['a', 'b', 'c', 'd', 'e']
      const made = keys.map((key) => stage.call(player, 'append_value', { key }))
      await Promise.all(made.map((call) => stage.expectAnswer(call)))
      for (const key of keys) stage.expectExecutions('append_value', key, 1)
      expectRefreshes(stage, 1)
    },
  ),
  authScenario(
    'auth-nobody-can-sign-in',
    'Three calls meet the loss, initialize is answered 401, and the refresh is refused: all end in time, none is run',
    initializes,
    async (stage, { signIn, player }) => {
      stage.server.restart()
      signIn.revoke()
      const keys = ['a', 'b', 'c']
      const made = keys.map((key) => stage.call(player, 'append_value', { key }))
      await Promise.all(made.map((call) => stage.expectError(call)))
      for (const key of keys) stage.expectExecutions('append_value', key, 0)
      // Both SDKs try a refused refresh a second time.
      stage.expectWire('two requests for a token for each call, at most', (wire) => {
        return wire.filter(({ path }) => path === '/token').length <= 6
      })
    },
  ),
]
