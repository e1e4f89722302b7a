import { converse } from './conversation.js'

converse().then(
  (report) => {
    postMessage(report)
  },
  (error: unknown) => {
    postMessage(String(error))
  },
)
