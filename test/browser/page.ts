import { converse } from './conversation.js'
import type { BrowserReport } from './conversation.js'

/** What the test calls in the page. */
export interface PageGlobals {
  converseInPage?: () => Promise<BrowserReport>
  converseInWorker?: () => Promise<BrowserReport>
}

const page = globalThis as PageGlobals
page.converseInPage = converse
page.converseInWorker = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker('/worker.js', { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<BrowserReport | string>) => {
      if (typeof data === 'string') reject(new Error(data))
      else resolve(data)
    }
    worker.onerror = ({ message }) => {
      reject(new Error(message))
    }
  })
