/** A piece of a header's value: characters, or the variable of the environment that holds them. */
export type HeaderPiece = { readonly text: string } | { readonly variable: string }

/** A header's value, in order. */
export type HeaderValue = readonly HeaderPiece[]

/** Reads a value in which `${NAME}` stands for a variable, as in the bridge's own `--header`. */
export function parseHeaderValue(given: string): HeaderValue {
  // With a group in the pattern, split() hands out names at the odd places.
  const parts = given.split(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/)
  return parts
    .map((part, index): HeaderPiece => (index % 2 === 1 ? { variable: part } : { text: part }))
    .filter((piece) => 'variable' in piece || piece.text !== '')
}
