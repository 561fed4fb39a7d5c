// Owns: what a process of the bench tells of itself, and how it is asked. Plain JavaScript: it is loaded into the built platform too.

const patienceMs = 30_000

function collectGarbage() {
  for (let n = 0; n < 3; n++) globalThis.gc?.()
}

// CPU is getrusage's and memory the resident set: both the operating system's own figures, of the whole process.
const handlers = {
  usage() {
    const { user, system } = process.cpuUsage()
    return { cpuSeconds: (user + system) / 1e6 }
  },
  memory() {
    collectGarbage()
    return { rssBytes: process.memoryUsage.rss() }
  },
}

/**
 * Names what this process answers to, and keeps it running; a handler may be asynchronous.
 *
 * @param {Readonly<Record<string, (data: any) => unknown>>} more
 */
export function serve(more) {
  Object.assign(handlers, more)
  process.channel?.ref()
}

async function handlerOf(name) {
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    if (Object.hasOwn(handlers, name)) return handlers[name]
    // It may still be loading.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nothing answers to ${name}`)
}

process.on('message', async ({ id, name, data }) => {
  try {
    const handler = await handlerOf(name)
    process.send?.({ id, result: await handler(data) })
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.stack : String(error) })
  }
})
// Whoever started this has gone.
process.on('disconnect', () => process.exit())
process.channel?.unref()
