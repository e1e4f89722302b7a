/** The client's own sign-in has to answer it: 401, and 403 with a challenge, for a scope that is not enough. */
export function isChallenge({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean {
  return status === 401 || (status === 403 && headers.has('www-authenticate'))
}
