// Owns: that docs/saml.md and docs/published-keys.md say what the tables say.
import { readFileSync } from 'node:fs'
import { errors, publishedKeyProblems, samlPresets } from '@voila/protocol'
import { expect, test } from 'vitest'

const read = (name: string): string => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8')

const codes = Object.keys(errors).filter((code) => /^saml_/.test(code) && !/_unknown$|_metadata$|_off$/.test(code))
test.each(codes)('docs/saml.md names the rule of %s', (code) => expect(read('saml.md')).toContain(`\`${code}\``))

test.each(Object.values(samlPresets))('docs/saml.md says what $label sends', ({ label, mapping }) => {
  const short = (name: string | null): string => (name === null ? 'the NameID' : `\`${name.replace(/^.*(?=\/claims\/)/, '…')}\``)
  const { subject, givenName, familyName, email } = mapping
  expect(read('saml.md')).toContain(`| ${label} | ${[subject, givenName, familyName, email].map(short).join(' | ')} |`)
})

test.each(Object.keys(publishedKeyProblems))('docs/published-keys.md explains %s', (problem) =>
  expect(read('published-keys.md')).toContain(`\`${problem}\``))
