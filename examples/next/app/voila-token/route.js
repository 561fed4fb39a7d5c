import { attendeeToken } from '../../sign/node-voila.mjs'
import { userOf } from '../user-of.js'

export function POST(request) {
  const user = userOf(request)
  if (user === undefined) return new Response(null, { status: 401 })
  return new Response(attendeeToken(user), { headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' } })
}
