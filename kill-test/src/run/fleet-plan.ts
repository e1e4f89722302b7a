/** A fleet, and how many times one of its servers is killed. */
export interface FleetPlan {
  readonly replicas: number
  readonly major: 'v1' | 'v2'
  readonly kills: number
}

/** In this order: each number of replicas and each SDK major is there as soon as there are three. */
const fleets: readonly Omit<FleetPlan, 'kills'>[] = [
  { replicas: 1, major: 'v1' },
  { replicas: 2, major: 'v2' },
  { replicas: 4, major: 'v1' },
  { replicas: 1, major: 'v2' },
  { replicas: 2, major: 'v1' },
  { replicas: 4, major: 'v2' },
]

/** A fleet takes some seconds to begin and to end, so that each is given this many kills at least. */
const leastKills = 12

/** Deals kills out to fleets, as evenly as it goes. @param replicas only fleets of that size */
export function planFleets(kills: number, replicas: number | undefined): readonly FleetPlan[] {
  const allowed = fleets.filter((fleet) => replicas === undefined || fleet.replicas === replicas)
  const count = Math.max(1, Math.min(allowed.length, Math.floor(kills / leastKills)))
  return allowed.slice(0, count).map((fleet, index) => ({
    ...fleet,
    kills: Math.floor(kills / count) + (index < kills % count ? 1 : 0),
  }))
}
