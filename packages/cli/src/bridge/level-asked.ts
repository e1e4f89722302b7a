import { idKey, isObject, parseJson } from './message.js'

export const setLevelMethod = 'logging/setLevel'

/** The level that a `logging/setLevel` asks for: the message itself, or the member of a batch with this id. */
export function levelAsked(text: string, key: string): unknown {
  const message = parseJson(text)
  const members: readonly unknown[] = Array.isArray(message) ? message : [message]
  const request = members.find((member) => isObject(member) && 'method' in member && idKey(member.id) === key)
  return isObject(request) && isObject(request.params) ? request.params.level : undefined
}
