// Owns: which package and which folder may know which. Imports point downward only.
const src = (name) => `^packages/${name}/src`
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { pathNot: [from, ...allowed] },
})
const never = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { path: from }, to: { path: to } })
const live = 'packages/server/src/live'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only(
      'tokens-stand-alone',
      src('tokens'),
      ['^(node:)?(crypto|fs|buffer|process|stream|util)(/|$)'],
      'The customer’s SDK has no dependency.',
    ),
    only('media-stands-alone', src('media'), ['^(node:)?[a-z_/]+$'], 'The media server has no dependency.'),
    only('protocol-needs-zod-alone', src('protocol'), ['node_modules/zod/'], 'Both sides know it, so it knows neither.'),
    {
      name: 'inspect-runs-in-a-browser',
      severity: 'error',
      comment: 'Backstage inspects tokens in the browser: nothing reachable from inspect.ts may need Node.',
      from: { path: '^packages/tokens/src/inspect\\.ts$' },
      to: { path: '^(node:)?(crypto|fs|buffer|util|process|stream)(/|$)', reachable: true },
    },
    never('server-knows-no-page', src('server'), src('web'), 'The server serves what the build left, and imports nothing of it.'),
    never('pages-know-no-server', src('web'), [src('server'), src('media')], 'A page knows the protocol alone.'),
    never(
      'activities-are-pure',
      `${src('protocol')}/activities`,
      `${src('protocol')}/(frames|rest)`,
      'An activity knows no socket and no route.',
    ),
    never(
      'store-knows-no-feature',
      `${src('server')}/store`,
      `${src('server')}/(access|backstage|live|media|http|demo)/`,
      'The store is below every feature.',
    ),
    never(
      'operations-touch-no-socket',
      `${src('server')}/(access|backstage)/`,
      `^${live}/(hub|socket)`,
      'Operations never touch a socket.',
    ),
    never('the-hub-never-writes', `^${live}/hub`, [`^${live}/log`, `${src('server')}/store`], 'Data flows from the log to the sockets.'),
    never(
      'one-wiring',
      `${src('server')}/(access|backstage|live|media|store|http)/`,
      `${src('server')}/(platform|main)\\.ts`,
      'Only main and the demo know the wiring.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
}
