// Owns: how the website is built: hashed files without inline scripts, each with its compressed forms beside it.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const compressible = /\.(js|css|html|svg|json)$/

/** Writes `.br` and `.gz` beside every text file, so that the server compresses nothing while it runs. */
function precompress(): Plugin {
  let outDir = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir)
    },
    async closeBundle() {
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
  // The protocol is bundled from its sources.
  resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
  build: {
    target: ['chrome109', 'edge109', 'firefox115', 'safari16'],
    // The polyfill would be an inline script where the page's policy allows none, and data: addresses are not allowed either.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
})
