const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/** Whether a request was meant for this machine, and not brought here by a page of another site (DNS rebinding). */
export function isLocal({ host, origin }: { host?: string | undefined; origin?: string | undefined }): boolean {
  return local.test(host ?? '') && (origin === undefined || local.test(origin.replace(/^https?:\/\//, '')))
}
