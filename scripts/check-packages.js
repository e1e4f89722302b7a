/**
 * Checks what would be published: packs every public workspace package, and looks at the tarball.
 *
 *   npm run build && npm run check:packages
 *
 * - publint (strict): does package.json say what the files are?
 * - attw (ESM only): do the types resolve as the code does?
 * - the contents: README, licence and dist are there; tests are not; every file that `exports` and `bin` name is there.
 * - installed into an empty folder, does the command of `mcp-tether` reach a real server, and outlive its restart?
 *
 * Prints one line for each package and each fault; exits with 1 when there is a fault.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tryInstalled } from './try-installed.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const target = mkdtempSync(join(tmpdir(), 'mcp-tether-packages-'))
const tarballs = []
let faults = 0

try {
  for (const folder of readJson(root).workspaces) {
    const manifest = readJson(join(root, folder))
    if (!manifest.private) check(manifest, join(root, folder))
  }
  await tryInstalled(tarballs, join(target, 'installed'))
    .then(() =>
      console.log(
        'mcp-tether, installed into an empty folder: lists and calls the tools of a real server, restarted in between',
      ),
    )
    .catch((error) => fault({ name: 'mcp-tether' }, 'installed into an empty folder', error.message))
} finally {
  rmSync(target, { recursive: true, force: true })
}
process.exitCode = faults > 0 ? 1 : 0

function check(manifest, folder) {
  const before = faults
  const packed = run('npm', ['pack', '--json', '--pack-destination', target], folder)
  if (packed.status !== 0) return fault(manifest, 'npm pack', packed.output)
  const [{ filename, files, size }] = Object.values(JSON.parse(packed.stdout))
  const tarball = join(target, filename)
  tarballs.push(tarball)
  const names = new Set(files.map(({ path }) => path))

  for (const name of ['package.json', 'README.md', 'LICENSE', ...entriesOf(manifest)]) {
    if (!names.has(name)) fault(manifest, 'contents', `${name} is missing`)
  }
  for (const name of names) {
    if (/\.(test|fixture)\.|(^|\/)tests?\/|\.tsbuildinfo$/.test(name))
      fault(manifest, 'contents', `${name} does not belong there`)
  }
  const publint = run(bin('publint'), ['run', tarball, '--strict'], folder)
  if (publint.status !== 0) fault(manifest, 'publint', publint.output)
  // A package of commands only has no types that could resolve wrongly.
  if (manifest.exports?.['.']) {
    const attw = run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'], folder)
    if (attw.status !== 0) fault(manifest, 'attw', attw.output)
  }
  const verdict = faults === before ? 'good' : 'faulty'
  console.log(`${manifest.name} ${manifest.version}: ${names.size} files, ${Math.ceil(size / 1024)} KiB, ${verdict}`)
}

/** Every file that package.json promises. */
function entriesOf({ exports = {}, bin: commands = {} }) {
  const targets = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(targets))
  return [...targets(exports), ...targets(commands)].map((path) => path.replace(/^\.\//, ''))
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { status, stdout, output: error ? String(error) : `${stdout}${stderr}`.trim() }
}

function fault({ name }, check, message) {
  faults++
  console.error(`${name}: ${check}: ${message}`)
}

function readJson(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
