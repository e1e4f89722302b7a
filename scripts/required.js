/**
 * What a machine has to have, so that a test of it may not be left out: the words of the environment variable
 * MCP_TETHER_REQUIRE, a list with commas (`chromium`, `newer-node`, `redis`, `python-sdk`).
 *
 * @param {string} what
 */
export function isRequired(what) {
  return (process.env.MCP_TETHER_REQUIRE ?? '').split(',').includes(what)
}
