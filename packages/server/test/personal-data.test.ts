// Owns: that names and addresses are read in one place.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type KnownAttendee, personalData, type Reader } from '../src/access/people.ts'

const sources = fileURLToPath(new URL('../src/', import.meta.url))

test('nothing but people.ts reads the columns with names and addresses; admission and renewal write them', () => {
  const users = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('demo'))
    .filter((name) => /given_name|family_name|attendees\.email/.test(readFileSync(join(sources, name), 'utf8')))
    .map((name) => name.replaceAll('\\', '/'))
  expect(users.sort()).toEqual([
    'access/admission-table.ts',
    'access/entering.ts',
    'access/people.ts',
    'access/renewal.ts',
    'store/migrations.ts',
    'store/schema.ts',
  ])
})

const ann = (more: Partial<KnownAttendee> = {}): KnownAttendee => ({
  source: 'token',
  id: '018f0000-0000-7000-8000-000000000001',
  given_name: 'Ann',
  family_name: 'Lee',
  email: 'ann@example.com',
  share_personal_data: 0,
  ...more,
})

test.each([
  ['self', 0, 'Ann Lee', 'ann@example.com'],
  ['self', 1, 'Ann Lee', 'ann@example.com'],
  ['activities', 0, 'Ann Lee', null],
  ['activities', 1, 'Ann Lee', null],
  ['organizer', 1, 'Ann Lee', 'ann@example.com'],
] satisfies [Reader, 0 | 1, string, string | null][])('%s, sharing %i, reads %s and %s', (reader, shares, displayName, email) => {
  expect(personalData(ann({ share_personal_data: shares }), reader)).toMatchObject({ displayName, email })
})

test('the organizer reads a pseudonym that is stable, different for each person, and says nothing of him', () => {
  const one = personalData(ann(), 'organizer')
  const renamed = personalData(ann({ given_name: 'Anna', email: 'other@example.com' }), 'organizer')
  const other = personalData(ann({ id: '018f0000-0000-7000-8000-000000000002' }), 'organizer')
  expect(one).toEqual({
    displayName: expect.stringMatching(/^Attendee [0-9A-F]{8}$/),
    givenName: one.displayName,
    familyName: null,
    email: null,
  })
  expect(renamed).toEqual(one)
  expect(other.displayName).not.toBe(one.displayName)
})

test('somebody with one name has one', () => {
  expect(personalData(ann({ family_name: null }), 'activities').displayName).toBe('Ann')
})
