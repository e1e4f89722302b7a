import type { Host } from '../host.js'
import { claudeCode } from './claude-code.js'
import { claudeDesktop } from './claude-desktop.js'
import { codexCli } from './codex-cli.js'
import { cursor } from './cursor.js'
import { geminiCli } from './gemini-cli.js'
import { vsCode } from './vs-code.js'
import { windsurf } from './windsurf.js'
import { zed } from './zed.js'

/** Every host that `add` and `wrap` know, in the order in which `list` shows them. */
export const hosts: readonly Host[] = [claudeCode, claudeDesktop, cursor, vsCode, windsurf, geminiCli, codexCli, zed]
