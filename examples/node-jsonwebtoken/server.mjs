import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { attendeeToken } from './sign/node-jsonwebtoken.cjs'

const platform = 'VOILA_URL'
const show = `${platform}/PROGRAM_ID`
const policy = `default-src 'self'; script-src 'self' ${platform}; frame-src ${platform}`

// This is your own sign-in's place.
const users = JSON.parse(readFileSync('users.json', 'utf8'))
const sessions = new Map()
const userOf = (request) => sessions.get(/\baldermoor=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1])

async function formOf(request) {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > 1_000) break
  }
  return new URLSearchParams(text)
}

const to = (location, headers = {}) => ({ status: 302, headers: { location, ...headers } })
const file = (name, type) => ({ status: 200, headers: { 'content-type': type }, body: readFileSync(name) })
const forUser = (answer) => (request) => (userOf(request) === undefined ? to('/') : answer(userOf(request)))

const answers = {
  'GET /': () => file('start.html', 'text/html'),
  'POST /sign-in': async (request) => {
    const form = await formOf(request)
    const user = users.find(({ email, password }) => email === form.get('email') && password === form.get('password'))
    if (user === undefined) return { status: 401, body: 'This address and this password do not go together.' }
    const session = randomUUID()
    sessions.set(session, user)
    return { status: 303, headers: { location: '/', 'set-cookie': `aldermoor=${session}; Path=/; HttpOnly; SameSite=Lax` } }
  },
  'GET /all-hands': forUser((user) => to(`${show}?token=${attendeeToken(user)}`, { 'referrer-policy': 'no-referrer' })),
  'GET /watch': forUser(() => file('watch.html', 'text/html')),
  'GET /watch.js': () => file('watch.js', 'text/javascript'),
  'POST /voila-token': (request) => {
    const user = userOf(request)
    return user === undefined ? { status: 401 } : { status: 200, headers: { 'content-type': 'text/plain' }, body: attendeeToken(user) }
  },
}

createServer(async (request, response) => {
  const answer = answers[`${request.method} ${request.url}`] ?? (() => ({ status: 404 }))
  const { status, headers, body } = await answer(request)
  response.writeHead(status, { 'content-security-policy': policy, 'cache-control': 'no-store', ...headers }).end(body)
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
