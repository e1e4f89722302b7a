/** Every code that a {@link TetherError} can have. Codes are stable; messages are not. */
export type TetherErrorCode = 'invalid_option'

/**
 * The one error type of this package. It is thrown for programming mistakes only: what goes wrong on the wire is
 * answered with a `Response`, and a `fetch` that throws is passed on as it is.
 */
export class TetherError extends Error {
  /** Stable, for `switch`. */
  readonly code: TetherErrorCode

  constructor(code: TetherErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TetherError'
    this.code = code
  }
}
