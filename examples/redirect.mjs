import { createServer } from 'node:http'
import { attendeeToken } from './sign/node-jsonwebtoken.cjs'

const show = 'VOILA_URL/PROGRAM_ID'

/** Your own sign-in goes here: the user of this request, or nothing. */
function userOf(_request) {
  return { id: '4711', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@aldermoor.example' }
}

createServer((request, response) => {
  const user = userOf(request)
  if (request.url !== '/all-hands' || user === undefined) return response.writeHead(404).end()
  const location = `${show}?token=${attendeeToken(user)}`
  response.writeHead(302, { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).end()
}).listen(Number(process.env.PORT ?? 3000))
