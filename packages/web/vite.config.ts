// Owns: how the website is built: hashed files without inline scripts, Backstage apart from the attendees' pages, the embed script under its
// own name, compressed forms beside them.
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { type BuildOptions, build, defineConfig, type Plugin, type UserConfig } from 'vite'

const target = ['chrome109', 'edge109', 'firefox115', 'safari16']
const embedDir = join(import.meta.dirname, 'src/embed')
/** What the builds beside the main one are made of, for `--watch`. */
const besideDirs = [
  embedDir,
  ...['src/backstage', 'src/screen', 'src/api-docs', '../../examples'].map((dir) => join(import.meta.dirname, dir)),
]
// The packages are bundled from their sources.
const resolution: NonNullable<UserConfig['resolve']> = { conditions: ['source', 'browser', 'module', 'import', 'default'] }

/** Settings of a build of pages. */
const pages = (names: readonly string[]): BuildOptions => ({
  target,
  rolldownOptions: { input: names.map((name) => join(import.meta.dirname, name)) },
  // The polyfill would be an inline script where the page's policy allows none, and data: addresses are not allowed either.
  modulePreload: { polyfill: false },
  assetsInlineLimit: 0,
  reportCompressedSize: false,
  // Byte limits are kept by size-limit, on what is really loaded.
  chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
})

/** Pages that share no chunk with those of attendees, since it would grow their first visit; each in a build of its own. */
const apart = [
  { page: 'backstage.html', assetsDir: 'assets/backstage' },
  { page: 'screen.html', assetsDir: 'assets/screen' },
  { page: 'api-docs.html', assetsDir: 'assets/api-docs' },
]

async function writePagesApart(outDir: string): Promise<void> {
  for (const { page, assetsDir } of apart) {
    await build({
      configFile: false,
      logLevel: 'warn',
      root: import.meta.dirname,
      base: '/',
      publicDir: false,
      plugins: [react()],
      resolve: resolution,
      build: { ...pages([page]), outDir, emptyOutDir: false, assetsDir },
    })
  }
}

const compressible = /\.(js|css|html|svg|json)$/

/** Writes `voila.js`, one classic script that other sites' pages load by this name, and the types of what it offers. */
async function writeEmbedScript(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      target,
      outDir,
      emptyOutDir: false,
      reportCompressedSize: false,
      lib: { entry: join(embedDir, 'voila.ts'), formats: ['iife'], name: 'voilaScript', fileName: () => 'voila.js' },
    },
  })
  await copyFile(join(embedDir, 'types.ts'), join(outDir, 'voila.d.ts'))
}

/** Writes `.br` and `.gz` beside every text file, so that the server compresses nothing while it runs. */
function precompress(): Plugin {
  let outDir = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir)
    },
    async buildStart() {
      for (const dir of besideDirs) for (const name of await readdir(dir, { recursive: true })) this.addWatchFile(join(dir, name))
    },
    async closeBundle() {
      await writePagesApart(outDir)
      await writeEmbedScript(outDir)
      const names = await readdir(outDir, { recursive: true })
      const files = names.filter((name) => compressible.test(name)).map((name) => join(outDir, name))
      await Promise.all(
        files.map(async (file) => {
          const bytes = await readFile(file)
          await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }))
          await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
        }),
      )
    },
  }
}

export default defineConfig({
  base: '/',
  plugins: [react(), precompress()],
  resolve: resolution,
  build: pages(['index.html', 'embed.html']),
})
