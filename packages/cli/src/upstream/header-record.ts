/** Headers by their names in lower case. A plain record: `Headers` cost more than the rest of a message. */
export type HeaderRecord = Readonly<Record<string, string>>

/** Any headers in that form. What has it already is taken as it is: `Headers` would check and sort it for each request. */
export function headerRecord(headers: RequestInit['headers']): HeaderRecord {
  return isHeaderRecord(headers) ? headers : Object.fromEntries(new Headers(headers))
}

const lowerCaseName = /^[a-z0-9-]+$/

function isHeaderRecord(headers: RequestInit['headers']): headers is Record<string, string> {
  if (headers === undefined || Object.getPrototypeOf(headers) !== Object.prototype) return false
  return Object.keys(headers).every((name) => lowerCaseName.test(name))
}
