import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import cookie from '@fastify/cookie'
import fastify from 'fastify'
import { attendeeToken } from './sign/node-voila.mjs'

const platform = 'VOILA_URL'
const show = `${platform}/PROGRAM_ID`

// This is your own sign-in's place.
const users = JSON.parse(readFileSync('users.json', 'utf8'))
const sessions = new Map()

const app = fastify({ bodyLimit: 1_000 })
await app.register(cookie)
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
  done(null, Object.fromEntries(new URLSearchParams(body)))
})
app.decorateRequest('user', null)
app.addHook('onRequest', async (request, reply) => {
  request.user = sessions.get(request.cookies.aldermoor)
  reply.header('content-security-policy', `default-src 'self'; script-src 'self' ${platform}; frame-src ${platform}`)
  reply.header('cache-control', 'no-store')
})

const file = (name, type) => (_request, reply) => reply.type(type).send(readFileSync(name))
app.get('/', file('start.html', 'text/html'))
app.get('/watch.js', file('watch.js', 'text/javascript'))

app.post('/sign-in', (request, reply) => {
  const { email, password } = request.body
  const user = users.find((each) => each.email === email && each.password === password)
  if (user === undefined) return reply.code(401).send('This address and this password do not go together.')
  const session = randomUUID()
  sessions.set(session, user)
  return reply.setCookie('aldermoor', session, { path: '/', httpOnly: true, sameSite: 'lax' }).redirect('/', 303)
})

app.post('/voila-token', (request, reply) =>
  request.user === undefined ? reply.code(401).send() : reply.type('text/plain').send(attendeeToken(request.user)),
)

const onRequest = async (request, reply) => (request.user === undefined ? reply.redirect('/') : undefined)
app.get('/watch', { onRequest }, file('watch.html', 'text/html'))
app.get('/all-hands', { onRequest }, (request, reply) =>
  reply.header('referrer-policy', 'no-referrer').redirect(`${show}?token=${attendeeToken(request.user)}`),
)

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
