import { attendeeToken } from '../../sign/node-voila.mjs'
import { userOf } from '../user-of.js'

const show = 'VOILA_URL/PROGRAM_ID'

// A token is made for each request, and kept nowhere.
export const dynamic = 'force-dynamic'

export function GET(request) {
  const user = userOf(request)
  const location = user === undefined ? new URL('/', request.url).href : `${show}?token=${attendeeToken(user)}`
  return new Response(null, { status: 302, headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } })
}
