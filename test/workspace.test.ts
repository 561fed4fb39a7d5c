import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)))
const packages = readdirSync(join(root, 'packages'))
const sources = tracked.filter((file) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(file))

describe('the lock file', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<
      string,
      { resolved?: string; link?: boolean; integrity?: string; hasInstallScript?: boolean; optionalDependencies?: Record<string, string> }
    >
  }
  const names = Object.keys(lock.packages)

  test('records no download address', () => {
    expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved?.startsWith('http'))).toEqual([])
  })

  test('pins each library by its hash', () => {
    const libraries = Object.entries(lock.packages).filter(([name, { link }]) => name.includes('node_modules/') && link !== true)
    expect(libraries.length).toBeGreaterThan(100)
    expect(libraries.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([name]) => name)).toEqual([])
  })

  test.each([
    'linux-x64-gnu',
    'linux-x64-musl',
    'linux-arm64-gnu',
    'linux-arm64-musl',
    'darwin-arm64',
    'darwin-x64',
    'win32-x64-msvc',
  ])('holds the binaries of SQLite and of the build for %s', (platform) => {
    expect(names).toContain(`node_modules/@libsql/${platform}`)
    expect(names).toContain(`node_modules/@rolldown/binding-${platform}`)
  })

  test('holds every optional platform package that a package of it asks for, or npm ci refuses it', () => {
    const optional = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    expect(optional.filter((name) => !names.some((held) => held.endsWith(`node_modules/${name}`)))).toEqual([])
  })

  test('needs no install script: esbuild’s only checks the binary that its platform package brings', () => {
    const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript)
    expect(scripted.map(([name]) => name).filter((name) => !/\/(esbuild|fsevents)$/.test(name))).toEqual([])
  })
})

describe('the sources', () => {
  test.each(sources)('%s says in its first line what it owns', (file) => {
    expect(read(file).split('\n')[0]).toMatch(/^\/\/ Owns: .+/)
  })

  test('nothing is called utils, common, helpers or manager', () => {
    expect(
      tracked.filter((file) => /(^|\/)[^/]*(utils?|common|helpers?|manager)[^/]*\.[a-z]+$/i.test(file) && !file.endsWith('.md')),
    ).toEqual([])
  })

  test('a token is verified in one place of the platform', () => {
    const users = sources.filter((file) => file.startsWith('packages/server/') && /\bverifyToken\b/.test(read(file)))
    expect(users).toEqual(['packages/server/src/access/admission.ts'])
  })
})

describe('the documents', () => {
  test('every dependency has its line that says why', () => {
    const listed = read('docs/dependencies.md')
    const manifests = ['package.json', ...packages.map((name) => `packages/${name}/package.json`)]
    const wanted = manifests.flatMap((file) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(read(file)) as Record<string, Record<string, string> | undefined>
      return Object.keys({ ...dependencies, ...devDependencies })
    })
    const missing = [...new Set(wanted)].filter(
      (name) => !name.startsWith('@types/') && !/^@[^/]+\/(tokens|media|protocol|server|web)$/.test(name) && !listed.includes(name),
    )
    expect(missing).toEqual([])
  })

  test('every relative link of a document leads somewhere', () => {
    const broken = tracked
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
          .map(([, target]) => ({ file, target: join(dirname(file), target ?? '') }))
          .filter(({ target }) => !existsSync(join(root, target))),
      )
    expect(broken).toEqual([])
  })
})

test('renaming changes the npm scope everywhere and nothing else', () => {
  const copy = mkdtempSync(join(tmpdir(), 'voila-rename-'))
  try {
    for (const file of tracked) cpSync(join(root, file), join(copy, file))
    execFileSync('git', ['init', '-q'], { cwd: copy })
    execFileSync('git', ['add', '-A'], { cwd: copy })
    const [, scope = ''] = /"name": "(@[^/]+)\/tokens"/.exec(read('packages/tokens/package.json')) ?? []
    execFileSync(process.execPath, ['scripts/rename.mjs', '@acme-live'], { cwd: copy })
    const left = tracked.filter(
      (file) => !/\.(png|flv|mp4|ico)$/.test(file) && readFileSync(join(copy, file), 'utf8').includes(`${scope}/`),
    )
    expect(left).toEqual([])
    expect(JSON.parse(readFileSync(join(copy, 'packages/server/package.json'), 'utf8')).dependencies).toHaveProperty('@acme-live/tokens')
    expect(JSON.parse(readFileSync(join(copy, 'package-lock.json'), 'utf8')).packages).toHaveProperty('node_modules/@acme-live/tokens')
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})
