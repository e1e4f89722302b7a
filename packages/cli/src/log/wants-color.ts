/**
 * Whether text for people gets colours: on a terminal, unless the environment says otherwise. `NO_COLOR` (no-color.org)
 * and `FORCE_COLOR` count when they are not empty, `FORCE_COLOR=0` as no; as in Node, FORCE_COLOR is the stronger one.
 */
export function wantsColor(environment: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const { FORCE_COLOR: force = '', NO_COLOR: no = '', TERM: terminal } = environment
  if (force !== '') return force !== '0' && force !== 'false'
  return isTerminal && no === '' && terminal !== 'dumb'
}
