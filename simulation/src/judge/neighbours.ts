/** Each member of a list with the one that follows it. */
export function neighbours<T>(list: readonly T[]): (readonly [before: T, after: T])[] {
  return list.slice(1).map((after, index) => [list[index] as T, after])
}
