import { readFileSync } from 'node:fs'

/** Your own sign-in goes here: the user of this request, or nothing. This one believes a cookie that anybody can write. */
export function userOf(request) {
  const [, id] = /\baldermoor=(\d+)/.exec(request.headers.get('cookie') ?? '') ?? []
  return JSON.parse(readFileSync('users.json', 'utf8')).find((user) => user.id === id)
}
