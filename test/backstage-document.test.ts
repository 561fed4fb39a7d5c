// Owns: that docs/backstage.md tells of roles, keys of the control room and states what the tables say.
import { readFileSync } from 'node:fs'
import { memberRoles, permissionNames, permissions, programStates, roleMay } from '@voila/protocol'
import { expect, test } from 'vitest'
import { shortcuts } from '../packages/web/src/backstage/control-room/shortcuts.ts'

const document = readFileSync(new URL('../docs/backstage.md', import.meta.url), 'utf8')
const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
/** The rows of the table whose heading begins with these words. */
function rowsBelow(...heading: string[]): string[][] {
  const lines = document.split('\n')
  const at = lines.findIndex((line) => line.startsWith(`| ${heading.join(' | ')} |`))
  const end = lines.findIndex((line, index) => index > at && !line.startsWith('|'))
  return lines.slice(at + 2, end).map(cells)
}

test('what each role may do is the table of permissions', () => {
  const mark = (is: boolean): string => (is ? '✓' : '')
  expect(rowsBelow('permission', 'allows', ...memberRoles, 'API key')).toEqual(
    permissionNames.map((name) => {
      const { says, scope } = permissions[name]
      return [`\`${name}\``, says, ...memberRoles.map((role) => mark(roleMay(role, name))), mark(scope)]
    }),
  )
})

test('the keys of the control room are those that it hears', () => {
  expect(rowsBelow('key', 'does')).toEqual(Object.values(shortcuts).map(({ key, says }) => [`\`${key}\``, says]))
})

test('every state is there, in its order', () => {
  expect(rowsBelow('state', 'what it means').map(([state]) => state)).toEqual(Object.keys(programStates))
})
