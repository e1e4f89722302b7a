/** Opens an address in the user's browser, by the means of the platform. */
export async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import('open')
  const child = await open(url)
  // What goes wrong later shows in that nobody comes back; the address is on stderr.
  child.on('error', () => undefined)
}
