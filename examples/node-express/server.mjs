import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import express from 'express'
import { attendeeToken } from './sign/node-voila.mjs'

const platform = 'VOILA_URL'
const show = `${platform}/PROGRAM_ID`

// This is your own sign-in's place.
const users = JSON.parse(readFileSync('users.json', 'utf8'))
const sessions = new Map()
const userOf = (request) => sessions.get(/\baldermoor=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1])

const app = express()
app.disable('x-powered-by')
app.use((_request, response, next) => {
  response.set('content-security-policy', `default-src 'self'; script-src 'self' ${platform}; frame-src ${platform}`)
  response.set('cache-control', 'no-store')
  next()
})

app.get('/', (_request, response) => response.sendFile(resolve('start.html')))
app.get('/watch.js', (_request, response) => response.sendFile(resolve('watch.js')))

app.post('/sign-in', express.urlencoded({ limit: '1kb' }), (request, response) => {
  const { email, password } = request.body ?? {}
  const user = users.find((each) => each.email === email && each.password === password)
  if (user === undefined) return response.status(401).send('This address and this password do not go together.')
  const session = randomUUID()
  sessions.set(session, user)
  response.cookie('aldermoor', session, { httpOnly: true, sameSite: 'lax' }).redirect(303, '/')
})

app.post('/voila-token', (request, response) => {
  const user = userOf(request)
  if (user === undefined) return response.sendStatus(401)
  response.type('text/plain').send(attendeeToken(user))
})

const signedIn = (request, response, next) => {
  response.locals.user = userOf(request)
  return response.locals.user === undefined ? response.redirect('/') : next()
}

app.get('/watch', signedIn, (_request, response) => response.sendFile(resolve('watch.html')))

app.get('/all-hands', signedIn, (_request, response) => {
  response.set('referrer-policy', 'no-referrer').redirect(`${show}?token=${attendeeToken(response.locals.user)}`)
})

app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
