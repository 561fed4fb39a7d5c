import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { attendeeToken } from './sign/node-jsonwebtoken.cjs'

const platform = 'VOILA_URL'
const policy = `default-src 'self'; script-src 'self' ${platform}; frame-src ${platform}`

/** Your own sign-in goes here: the user of this request, or nothing. */
function userOf(_request) {
  return { id: '4712', firstName: 'Grace', lastName: 'Hopper', email: 'grace@aldermoor.example' }
}

const answers = {
  'GET /watch': () => ({ type: 'text/html', body: readFileSync('watch.html') }),
  'GET /watch.js': () => ({ type: 'text/javascript', body: readFileSync('watch.js') }),
  'POST /voila-token': (user) => ({ type: 'text/plain', body: attendeeToken(user) }),
}

createServer((request, response) => {
  const user = userOf(request)
  const answer = answers[`${request.method} ${request.url}`]
  if (answer === undefined || user === undefined) return response.writeHead(404).end()
  const { type, body } = answer(user)
  response.writeHead(200, { 'content-type': type, 'content-security-policy': policy, 'cache-control': 'no-store' }).end(body)
}).listen(Number(process.env.PORT ?? 3001))
