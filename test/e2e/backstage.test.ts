// Owns: an organization as its people set it up: owner, keys, a token that lets somebody in, the team, and what plain http can't do.
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoClip, publishFlv } from '@voila/media'
import jwt from 'jsonwebtoken'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, untilPlaying, type Visitor, visitor } from './browser.ts'
import { look, overflows } from './look.ts'
import { type PlatformProcess, startPlatform } from './platform-process.ts'

const owner = { name: 'Maren Holt', email: 'maren@aldermoor.example', password: 'a kettle on the moor' }
const producer = { name: 'Jonas Weber', email: 'jonas@aldermoor.example', password: 'seven brass weights' }
const insecureHost = 'backstage.aldermoor.test'

/** What an authenticator app shows (RFC 6238: SHA-1, 30 s, six digits). */
function totp(secret: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))))
    .update(counter)
    .digest()
  const word = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(word % 1_000_000).padStart(6, '0')
}

/** Keeps what a page sends. */
function sentBy(page: Page): string[] {
  const sent: string[] = []
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
  return sent
}

/** Reads the clipboard, once the button has said that it has copied. */
async function copied(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name, exact: true }).first().click()
  await page.getByRole('button', { name: 'Copied' }).first().waitFor()
  return await page.evaluate(() => navigator.clipboard.readText())
}

const main = (page: Page) => page.getByRole('main')
const goTo = (page: Page, place: string) => page.getByRole('navigation', { name: 'Backstage' }).getByRole('link', { name: place }).click()

describe.skipIf(needs.chromium() || needs.openssl())('an organization in Backstage', { timeout: 120_000 }, () => {
  let browser: Browser
  let platform: PlatformProcess
  let maren: Visitor
  let folder: string
  let organizationId: string
  let programId: string
  let kid: string
  let feed: ReturnType<typeof publishFlv> | undefined

  /** Signed outside of the platform, as the guide shows it. */
  function tokenOf(key: { kid: string; file: string }, person: { id: string; name: string }): string {
    const now = Math.floor(Date.now() / 1000)
    return jwt.sign(
      {
        organization_id: organizationId,
        token_use: 'selfcontained-access',
        given_name: person.name,
        family_name: 'Brandt',
        email: `${person.id}@aldermoor.example`,
        roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
        sharePersonalData: true,
        nbf: now,
        iat: now,
        exp: now + 3600,
        jti: `${person.id}-${now}`,
      },
      readFileSync(join(folder, key.file)),
      { algorithm: 'ES256', keyid: key.kid },
    )
  }
  async function attend(token: string): Promise<Visitor> {
    const attendee = await visitor(browser, { width: 1100, height: 760 })
    await attendee.page.goto(`${platform.baseUrl}/${programId}?token=${token}`)
    return attendee
  }

  beforeAll(async () => {
    browser = await openBrowser({ args: [`--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`] })
    platform = await startPlatform()
    folder = mkdtempSync(join(tmpdir(), 'voila-keys-'))
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'private.key')
    openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'private.key', '-out', 'private.pem')
    openssl('ec', '-in', 'private.pem', '-pubout', '-out', 'public.pem')
    maren = await visitor(browser)
    await maren.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  }, 90_000)
  afterAll(async () => {
    await feed?.stop()
    await browser?.close()
    await platform?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('begins with the link that the server prints, which makes the owner, and works once', async () => {
    const { page } = maren
    await page.goto(platform.setupUrl)
    await page.getByRole('heading', { name: 'Set up Voilà' }).waitFor()
    expect(page.url()).not.toContain('token')
    await page.getByRole('button', { name: /Create owner/ }).click()
    await page.getByText('Use at least 12 characters.').waitFor()
    expect(await look(page, 'setup')).toEqual([])
    await page.getByRole('textbox', { name: 'Organization' }).fill('Aldermoor Instruments')
    await page.getByRole('textbox', { name: 'Your name' }).fill(owner.name)
    await page.getByRole('textbox', { name: 'E-mail' }).fill(owner.email)
    await page.getByRole('textbox', { name: 'Password' }).fill(owner.password)
    await page.getByRole('button', { name: /Create owner/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Programs' }).waitFor()
    organizationId = /\/o\/([0-9a-f-]{36})\/programs$/.exec(page.url())?.[1] ?? ''
    expect(organizationId).not.toBe('')

    const late = await visitor(browser)
    await late.page.goto(platform.setupUrl)
    await late.page.getByRole('textbox', { name: 'Organization' }).fill('Somebody else')
    await late.page.getByRole('textbox', { name: 'Your name' }).fill('Somebody')
    await late.page.getByRole('textbox', { name: 'E-mail' }).fill('somebody@else.example')
    await late.page.getByRole('textbox', { name: 'Password' }).fill('long enough to be one')
    await late.page.getByRole('button', { name: /Create owner/ }).click()
    await late.page.getByText('This link has been used', { exact: false }).waitFor()
    await late.context.close()
  })

  test('shows a newcomer the first steps, none of them taken', async () => {
    const { page } = maren
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
    await page.getByText('0 of 6').waitFor()
    expect(await look(page, 'first-steps')).toEqual([])
  })

  describe('a key that is pasted', () => {
    test('without its BEGIN and END lines has its mistake named, and mended', async () => {
      const { page } = maren
      await goTo(page, 'Partner keys')
      expect(await copied(page, 'Copy organization id')).toBe(organizationId)
      await main(page).getByRole('link', { name: 'Declare a key' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Intranet')
      const pem = readFileSync(join(folder, 'public.pem'), 'utf8')
      await page.getByRole('textbox', { name: 'Public key' }).fill(pem.split('\n').slice(1, -2).join('\n'))
      await page.getByText('The BEGIN and END lines are missing: copy them too.').waitFor()
      expect(await page.getByRole('button', { name: 'Declare key' }).isDisabled()).toBe(true)
      expect(await look(page, 'key-with-a-mistake')).toEqual([])
      await page.getByRole('button', { name: 'Mend it' }).click()
      await page.getByText('A public key on P-256.', { exact: false }).waitFor()
      expect(await page.getByRole('textbox', { name: 'Public key' }).inputValue()).toBe(pem)
    })

    test('and is private is refused at once: the field is emptied, nothing of it is sent, and the way out is told', async () => {
      const { page } = maren
      const sent = sentBy(page)
      const field = page.getByRole('textbox', { name: 'Public key' })
      for (const file of ['private.pem', 'private.key']) {
        await field.fill(readFileSync(join(folder, file), 'utf8'))
        await page.getByText('That was a private key').waitFor()
        expect(await field.inputValue()).toBe('')
        await field.fill('')
      }
      await field.fill(readFileSync(join(folder, 'private.pem'), 'utf8'))
      await page.getByText('make a new pair', { exact: false }).waitFor()
      expect(await page.getByRole('button', { name: 'Declare key' }).isDisabled()).toBe(true)
      expect(sent).toEqual([])
      expect(await look(page, 'key-that-is-private')).toEqual([])
    })

    test('is declared, and shown with its kid to copy and examples filled in', async () => {
      const { page } = maren
      await page.getByRole('textbox', { name: 'Public key' }).fill(readFileSync(join(folder, 'public.pem'), 'utf8'))
      await page.getByRole('button', { name: 'Declare key' }).click()
      await page.getByRole('heading', { level: 1, name: 'Intranet' }).waitFor()
      kid = await copied(page, 'Copy kid')
      expect(kid).toMatch(/^pk_[A-Za-z0-9_-]{22}$/)
      for (const language of [
        'Node, jsonwebtoken',
        'Node, @voila/tokens',
        'Python, PyJWT',
        'PHP, firebase/php-jwt',
        'openssl and a shell',
      ]) {
        await page.getByRole('tab', { name: language }).click()
        const code = await page.getByRole('tabpanel').innerText()
        expect(code, language).toContain(organizationId)
        expect(code, language).toContain(kid)
        expect(code, language).not.toMatch(/ORGANIZATION_ID|['"]KID['"]/)
      }
      expect(await look(page, 'key')).toEqual([])
    })
  })

  test('a program is made, which is private by itself, and goes live', async () => {
    const { page } = maren
    await goTo(page, 'Programs')
    await page.getByText('1 of 6').waitFor()
    await page.getByRole('button', { name: 'New program' }).first().click()
    const form = page.getByRole('dialog', { name: 'New program' })
    await form.getByRole('textbox', { name: 'Title' }).fill('The new scales')
    await form.getByRole('button', { name: 'Create program' }).click()
    await page.getByRole('heading', { level: 1, name: 'The new scales' }).waitFor()
    programId = /\/p\/([a-z0-9]{12})\//.exec(page.url())?.[1] ?? ''
    await page.getByRole('link', { name: 'Access' }).click()
    await page.getByRole('heading', { name: 'Private' }).waitFor()
    await page.getByRole('button', { name: 'Schedule', exact: true }).click()
    await page.getByRole('button', { name: 'Go live' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Go live' }).click()
    await page.getByText('Attendees see the picture and take part.', { exact: false }).first().waitFor()
    const keys = await page.evaluate(
      async (id) => (await (await fetch(`/api/programs/${id}/stream-key`)).json()) as { rtmpUrl: string; streamKey: string },
      programId,
    )
    feed = publishFlv({ url: `${keys.rtmpUrl}/${keys.streamKey}`, source: fileURLToPath(demoClip), loop: true })
  })

  test('the examples name the program, and a token that jsonwebtoken signs with the kid lets its bearer watch', async () => {
    const { page } = maren
    await goTo(page, 'Partner keys')
    await page.getByRole('link', { name: 'Intranet' }).click()
    await page.getByRole('tabpanel').getByText(programId, { exact: false }).first().waitFor()
    const lena = await attend(tokenOf({ kid, file: 'private.pem' }, { id: 'lena', name: 'Lena' }))
    await untilPlaying(lena.page)
    expect(lena.page.url()).toBe(`${platform.baseUrl}/${programId}`)
    await lena.context.close()
  })

  describe('the token inspector', () => {
    test('accepts that token, check by check, without sending it anywhere', async () => {
      const { page } = maren
      await goTo(page, 'Token inspector')
      const sent = sentBy(page)
      const token = tokenOf({ kid, file: 'private.pem' }, { id: 'lena', name: 'Lena' })
      await page.getByRole('textbox', { name: 'Token', exact: true }).fill(`${platform.baseUrl}/${programId}?token=${token}`)
      await page.getByText('Accepted', { exact: true }).waitFor()
      expect(await page.getByRole('list', { name: 'Checks' }).getByText('passes').count()).toBe(12)
      expect(await look(page, 'inspector')).toEqual([])
      expect(sent.filter((request) => request.includes(token.split('.')[1] ?? ''))).toEqual([])
    })

    test('names what is wrong with others, and leads to what the code means', async () => {
      const { page } = maren
      const token = page.getByRole('textbox', { name: 'Token', exact: true })
      const now = Math.floor(Date.now() / 1000)
      const privateKey = readFileSync(join(folder, 'private.pem'))
      const sign = (claims: object, header: jwt.SignOptions = { algorithm: 'ES256', keyid: kid }) => jwt.sign(claims, privateKey, header)
      const good = jwt.decode(tokenOf({ kid, file: 'private.pem' }, { id: 'lena', name: 'Lena' })) as jwt.JwtPayload
      for (const [code, text, words] of [
        ['expired', sign({ ...good, iat: now - 7200, nbf: now - 7200, exp: now - 3600 }), 'ago on this clock'],
        ['claim_type', sign({ ...good, sharePersonalData: 'perhaps' }), 'must be true or false'],
        ['event_mismatch', sign({ ...good, roles: [{ eventId: 'aaaaaaaaaaaa' }] }), 'another program’s id'],
        ['kid_unknown', sign(good, { algorithm: 'ES256', keyid: `pk_${'a'.repeat(22)}` }), 'The token names'],
        ['signature', `${sign(good).slice(0, -8)}AAAAAAAA`, 'signed with another private key'],
      ] as const) {
        await token.fill(text)
        const refusal = page.getByRole('alert', { name: `Refused: ${code}` })
        await refusal.waitFor()
        expect(await refusal.innerText()).toContain(words)
      }
      const [problem] = await Promise.all([
        maren.context.waitForEvent('page'),
        page.getByRole('list', { name: 'Checks' }).getByRole('link', { name: 'signature' }).click(),
      ])
      await problem.getByRole('heading', { name: 'signature' }).waitFor()
      await problem.close()
    })

    test('judges by another time when asked', async () => {
      const { page } = maren
      const now = Math.floor(Date.now() / 1000)
      const good = jwt.decode(tokenOf({ kid, file: 'private.pem' }, { id: 'lena', name: 'Lena' })) as jwt.JwtPayload
      const later = jwt.sign({ ...good, iat: now - 60, nbf: now + 86_000, exp: now + 90_000 }, readFileSync(join(folder, 'private.pem')), {
        algorithm: 'ES256',
        keyid: kid,
      })
      await page.getByRole('textbox', { name: 'Token', exact: true }).fill(later)
      await page.getByRole('alert', { name: 'Refused: not_yet_valid' }).waitFor()
      await page.getByText('As of another time').click()
      await page.getByRole('alert', { name: 'Refused: not_yet_valid' }).waitFor()
      await page.getByText('As of now').click()
    })

    test('makes a test token with the private key’s file, which never leaves the browser, and it lets in', async () => {
      const { page } = maren
      const sent = sentBy(page)
      await page.getByRole('tab', { name: 'Make a test token' }).click()
      const file = page.locator('input[type=file]')
      await file.setInputFiles(join(folder, 'private.key'))
      await page.getByRole('button', { name: 'Make the token' }).click()
      await page.getByText('Choose private.pem, which openssl pkcs8', { exact: false }).waitFor()
      await file.setInputFiles(join(folder, 'private.pem'))
      await page.getByRole('button', { name: 'Make the token' }).click()
      await page.getByRole('heading', { name: 'Your test token' }).waitFor()
      expect(await look(page, 'test-token')).toEqual([])
      expect(sent.filter((request) => /PRIVATE/.test(request))).toEqual([])
      const attendee = await attend(await copied(page, 'Copy token'))
      await untilPlaying(attendee.page)
      await attendee.context.close()
    })

    test('lists who was refused at the program, and why', async () => {
      const { page } = maren
      const stranger = await attend(`${tokenOf({ kid, file: 'private.pem' }, { id: 'mole', name: 'Mole' }).slice(0, -8)}AAAAAAAA`)
      await stranger.context.close()
      await page.getByRole('tab', { name: 'Refused lately' }).click()
      await page.getByRole('cell', { name: /^signature/ }).waitFor()
      await page.getByRole('cell', { name: 'not proven' }).first().waitFor()
      expect(await look(page, 'refused')).toEqual([])
    })
  })

  describe('a pair that the browser makes', () => {
    let shopKid: string
    test('is downloaded as private.pem, and only its public half is sent', async () => {
      const { page } = maren
      const sent = sentBy(page)
      await goTo(page, 'Partner keys')
      await page.getByRole('link', { name: 'Declare a key' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Shop')
      await page.getByText('Make a pair here').click()
      expect(await look(page, 'pair')).toEqual([])
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Make pair and declare it' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('private.pem')
      writeFileSync(join(folder, 'shop.pem'), readFileSync(await download.path()))
      await page.getByRole('link', { name: 'I have the file, show me how to sign' }).click()
      await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor()
      shopKid = await copied(page, 'Copy kid')
      expect(sent.some((request) => request.includes('BEGIN PUBLIC KEY'))).toBe(true)
      expect(sent.filter((request) => request.includes('PRIVATE'))).toEqual([])
    })

    test('signs tokens that let in; revoked, it ends picture and chat for who came by it, and lets nobody in again', async () => {
      const { page } = maren
      const token = tokenOf({ kid: shopKid, file: 'shop.pem' }, { id: 'otto', name: 'Otto' })
      const otto = await attend(token)
      await untilPlaying(otto.page)
      const lena = await attend(tokenOf({ kid, file: 'private.pem' }, { id: 'lena', name: 'Lena' }))
      await untilPlaying(lena.page)

      await page.reload()
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('menuitem', { name: 'Revoke at once…' }).click()
      const question = page.getByRole('dialog', { name: 'Revoke Shop?' })
      await question.getByText('1 session that came of it ends.').waitFor()
      expect(await look(page, 'revoke', { whole: false })).toEqual([])
      const revoke = question.getByRole('button', { name: 'Revoke key' })
      expect(await revoke.isDisabled()).toBe(true)
      await question.getByRole('textbox').fill('Shop')
      await revoke.click()
      await main(page).getByText('Revoked', { exact: true }).waitFor()

      await otto.page
        .getByText(/no longer accepted|was ended by its organizer/)
        .first()
        .waitFor()
      expect(await otto.page.locator('video').count()).toBe(0)
      expect(await otto.page.getByRole('textbox').count()).toBe(0)
      const again = await attend(token)
      await again.page.getByRole('heading', { name: 'This link was made with a key that is no longer accepted' }).waitFor()
      expect((await again.page.goto(`${platform.baseUrl}/${programId}?token=${token}`))?.status()).toBe(403)
      await untilPlaying(lena.page)
      for (const { context } of [otto, again, lena]) await context.close()

      await page.reload()
      await page
        .getByRole('cell', { name: /^key_revoked/ })
        .first()
        .waitFor()
    })
  })

  test('a key can be retired with an overlap, and says until when it is accepted', async () => {
    const { page } = maren
    await goTo(page, 'Partner keys')
    await page.getByRole('link', { name: 'Intranet' }).click()
    await page.getByRole('button', { name: 'Retire' }).click()
    expect(await look(page, 'retire', { whole: false })).toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: 'Retire key' }).click()
    await main(page).getByText('Retiring').waitFor()
    await goTo(page, 'Partner keys')
    await page
      .getByRole('row', { name: /Intranet/ })
      .getByText('Retiring')
      .waitFor()
    expect(await look(page, 'keys')).toEqual([])
  })

  describe('the team', () => {
    let jonas: Visitor
    test('is joined by an invitation, which is a link where no mail is sent', async () => {
      const { page } = maren
      await goTo(page, 'Members')
      await page.getByRole('button', { name: 'Invite somebody' }).click()
      const dialogue = page.getByRole('dialog')
      await dialogue.getByRole('textbox', { name: 'E-mail' }).fill(producer.email)
      await dialogue.getByRole('button', { name: 'Make invitation' }).click()
      const link = await dialogue.getByRole('textbox', { name: 'Invitation link' }).inputValue()
      await dialogue.getByRole('button', { name: 'Done' }).click()
      jonas = await visitor(browser)
      await jonas.page.goto(link)
      await jonas.page.getByRole('heading', { name: 'Join Aldermoor Instruments' }).waitFor()
      expect(jonas.page.url()).not.toContain('token')
      expect(await look(jonas.page, 'invitation')).toEqual([])
      await jonas.page.getByRole('textbox', { name: 'Your name' }).fill(producer.name)
      await jonas.page.getByRole('textbox', { name: 'Password' }).fill(producer.password)
      await jonas.page.getByRole('button', { name: 'Create account and join' }).click()
      await jonas.page.getByRole('heading', { level: 1, name: 'Programs' }).waitFor()
    })

    test('shows each what his role allows: a producer makes programs and sees keys, but changes none', async () => {
      const { page } = jonas
      const places = page.getByRole('navigation', { name: 'Backstage' })
      expect(await places.getByRole('link', { name: 'Audit log' }).count()).toBe(0)
      expect(await places.getByRole('link', { name: 'API keys' }).count()).toBe(0)
      await goTo(page, 'Partner keys')
      await page.getByRole('link', { name: 'Intranet' }).waitFor()
      expect(await page.getByRole('link', { name: 'Declare a key' }).count()).toBe(0)
      await page.getByRole('link', { name: 'Intranet' }).click()
      await page.getByRole('heading', { level: 1, name: 'Intranet' }).waitFor()
      expect(await page.getByRole('button', { name: /Retire|Change its end/ }).count()).toBe(0)
    })

    test('changes a role, and takes it back', async () => {
      const { page } = maren
      await page.reload()
      const row = page.getByRole('row', { name: /Jonas Weber/ })
      await page.getByRole('button', { name: 'Change Jonas Weber' }).click()
      await page.getByRole('menuitem', { name: /Moderator/ }).click()
      await row.getByText('Moderator', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Undo' }).click()
      await row.getByText('Producer', { exact: true }).waitFor()
      expect(await look(page, 'members')).toEqual([])
    })

    test('loses whom it removes at once', async () => {
      const { page } = maren
      await page.getByRole('button', { name: 'Change Jonas Weber' }).click()
      await page.getByRole('menuitem', { name: 'Remove from the team' }).click()
      await page.getByRole('dialog', { name: 'Remove Jonas Weber?' }).getByRole('button', { name: 'Remove' }).click()
      await page.getByText('Jonas Weber is no longer on the team.').waitFor()
      await goTo(jonas.page, 'Partner keys')
      await jonas.page.getByText('Nothing here').waitFor()
      await jonas.page.goto(`${platform.baseUrl}/backstage/p/${programId}/page`)
      await jonas.page.getByText('Nothing here').waitFor()
      expect(await look(jonas.page, 'nothing-here')).toEqual([])
      await jonas.context.close()
    })
  })

  test('an API key is shown once, does what its scopes say, and nothing after it is revoked', async () => {
    const { page } = maren
    await goTo(page, 'API keys')
    await page.getByRole('button', { name: 'Make API key' }).click()
    const dialogue = page.getByRole('dialog')
    await dialogue.getByRole('textbox', { name: 'Name' }).fill('Intranet')
    await dialogue.getByRole('checkbox', { name: 'See programs' }).check()
    expect(await look(page, 'new-api-key', { whole: false })).toEqual([])
    await dialogue.getByRole('button', { name: 'Make API key' }).click()
    const key = await copied(page, 'Copy API key')
    await dialogue.getByRole('button', { name: 'I have copied it' }).click()
    const ask = async (path: string): Promise<number> =>
      (await fetch(`${platform.baseUrl}${path}`, { headers: { authorization: `Bearer ${key}` } })).status
    expect(await ask(`/api/programs/${programId}`)).toBe(200)
    expect(await ask(`/api/organizations/${organizationId}/partner-keys`)).toBe(403)
    expect(await page.content()).not.toContain(key)
    expect(await look(page, 'api-keys')).toEqual([])
    await page.getByRole('button', { name: 'Revoke Intranet' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('cell', { name: /^Revoked/ }).waitFor()
    expect(await ask(`/api/programs/${programId}`)).toBe(401)
  })

  test('the audit log holds every change, finds those of one thing, and is taken away as CSV', async () => {
    const { page } = maren
    await goTo(page, 'Audit log')
    for (const change of [
      'Declared the partner key',
      'Created the program',
      'Revoked the partner key',
      'Joined the team',
      'Removed from the team',
      'Made the API key',
    ]) {
      await page.getByRole('cell', { name: change, exact: false }).first().waitFor()
    }
    expect(await look(page, 'audit')).toEqual([])
    await page.getByRole('button', { name: 'Shop' }).first().click()
    await page.getByRole('button', { name: 'Only Shop: show all again' }).waitFor()
    await expect.poll(() => page.getByRole('row').count()).toBe(3)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).click()])
    const csv = readFileSync(await download.path(), 'utf8')
    expect(csv).toContain('key.revoked')
    expect(csv).not.toContain('program.created')
    expect(csv).not.toContain('BEGIN')
  })

  test('settings show the id first, and rename', async () => {
    const { page } = maren
    await goTo(page, 'Settings')
    expect(await copied(page, 'Copy organization id')).toBe(organizationId)
    await page.getByRole('textbox', { name: 'Name' }).fill('Aldermoor Scales')
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('button', { name: /Organization: Aldermoor Scales/ }).waitFor()
    expect(await look(page, 'settings')).toEqual([])
  })

  test('a second organization is somebody’s own, and the switcher goes from one to the other', async () => {
    const { page } = maren
    await page.getByRole('button', { name: /Organization: Aldermoor Scales/ }).click()
    await page.getByRole('menuitem', { name: 'New organization' }).click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Moor Foundation')
    await page.getByRole('dialog').getByRole('button', { name: 'Create organization' }).click()
    await page.getByText('0 of 6').waitFor()
    await page.getByRole('button', { name: /Organization: Moor Foundation/ }).click()
    await page.getByRole('menuitem', { name: 'Aldermoor Scales' }).click()
    await page.getByRole('link', { name: 'The new scales' }).waitFor()
  })

  describe('the account', () => {
    let codes: string[]
    test('takes a second step, proven by the app, with recovery codes that are shown once', async () => {
      const { page } = maren
      await page.goto(`${platform.baseUrl}/backstage/account`)
      await page.getByRole('button', { name: 'Switch on' }).click()
      const dialogue = page.getByRole('dialog', { name: 'Switch two-factor on' })
      await dialogue.getByRole('textbox', { name: 'Your password' }).fill('not this one at all')
      await dialogue.getByRole('button', { name: 'Go on' }).click()
      await dialogue.getByRole('alert').waitFor()
      await dialogue.getByRole('textbox', { name: 'Your password' }).fill(owner.password)
      await dialogue.getByRole('button', { name: 'Go on' }).click()
      await dialogue.getByRole('img', { name: /QR code/ }).waitFor()
      expect(await look(page, 'two-factor', { whole: false })).toEqual([])
      const secret = await copied(page, 'Copy key')
      await dialogue.getByRole('textbox', { name: 'Six-digit code' }).fill(totp(secret))
      const list = dialogue.getByRole('list', { name: 'Recovery codes' })
      await list.waitFor()
      codes = await list.getByRole('listitem').allInnerTexts()
      expect(codes.length).toBeGreaterThanOrEqual(8)
      await dialogue.getByRole('button', { name: 'I have kept them' }).click()
      expect(await look(page, 'account')).toEqual([])
    })

    test('is left, and come back to by password and recovery code, which works once', async () => {
      const { page } = maren
      await page.getByRole('button', { name: /account, appearance, sign out/ }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
      await page.goto(`${platform.baseUrl}/backstage/o/${organizationId}/audit`)
      await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
      expect(await look(page, 'sign-in')).toEqual([])
      async function signIn(password: string): Promise<void> {
        await page.getByRole('textbox', { name: 'E-mail' }).fill(owner.email)
        await page.getByRole('textbox', { name: 'Password' }).fill(password)
        await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      }
      await signIn('not this one at all')
      await page.getByText('This address and this password do not go together.', { exact: false }).waitFor()
      await signIn(owner.password)
      await page.getByRole('heading', { level: 1, name: 'Two-factor code' }).waitFor()
      expect(await look(page, 'two-factor-code')).toEqual([])
      await page.getByRole('button', { name: 'Use a recovery code' }).click()
      await page.getByRole('textbox', { name: 'Recovery code' }).fill(codes[0] ?? '')
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor()
    })

    test('ends its session elsewhere', async () => {
      const { page } = maren
      const elsewhere = await visitor(browser)
      await elsewhere.page.goto(`${platform.baseUrl}/backstage`)
      await elsewhere.page.getByRole('textbox', { name: 'E-mail' }).fill(owner.email)
      await elsewhere.page.getByRole('textbox', { name: 'Password' }).fill(owner.password)
      await elsewhere.page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await elsewhere.page.getByRole('button', { name: 'Use a recovery code' }).click()
      await elsewhere.page.getByRole('textbox', { name: 'Recovery code' }).fill(codes[1] ?? '')
      await elsewhere.page.getByRole('button', { name: 'Go on' }).click()
      await elsewhere.page.getByRole('heading', { level: 1, name: 'Programs' }).waitFor()
      await page.goto(`${platform.baseUrl}/backstage/account`)
      await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
      await page.getByText('Signed out there.').waitFor()
      await goTo(elsewhere.page, 'Partner keys')
      await elsewhere.page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
      await elsewhere.context.close()
    })
  })

  test('on plain http what browsers keep for https says so, and the rest works', async () => {
    const anna = await visitor(browser)
    const { page } = anna
    await page.goto(`http://${insecureHost}:${platform.port}/backstage`)
    await page.getByRole('textbox', { name: 'E-mail' }).fill(owner.email)
    await page.getByRole('textbox', { name: 'Password' }).fill(owner.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Two-factor code' }).waitFor()
    await anna.context.addCookies(
      (await maren.context.cookies()).map(({ name, value }) => ({ name, value, domain: insecureHost, path: '/', httpOnly: true })),
    )
    await page.goto(`http://${insecureHost}:${platform.port}/backstage/o/${organizationId}/keys`)
    await page.getByRole('button', { name: 'Copy organization id' }).click()
    const field = page.getByRole('textbox', { name: 'Text to copy' })
    await field.waitFor()
    expect(await page.evaluate(() => String(window.getSelection()))).toBe(organizationId)
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Declare a key' }).click()
    await page.getByText('Make a pair here').click()
    await page.getByText('Browsers allow making a key pair only on pages opened over https.', { exact: false }).waitFor()
    expect(await page.getByRole('button', { name: 'Make pair and declare it' }).isDisabled()).toBe(true)
    expect(await look(page, 'plain-http')).toEqual([])
    await page.getByText('Paste a public key').click()
    await page.getByRole('textbox', { name: 'Public key' }).fill(readFileSync(join(folder, 'public.pem'), 'utf8'))
    await page.getByText('A public key on P-256.', { exact: false }).waitFor()
    await goTo(page, 'Token inspector')
    await page.getByText('Browsers allow checking signatures only on pages opened over https.', { exact: false }).waitFor()
    await anna.context.close()
  })

  test('no page of it is wider than a phone', async () => {
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, storageState: await maren.context.storageState() })
    const page = await phone.newPage()
    const wide: string[] = []
    for (const place of ['programs', 'keys', 'keys/new', `keys/${kid}`, 'inspector', 'members', 'api-keys', 'audit', 'settings']) {
      await page.goto(`${platform.baseUrl}/backstage/o/${organizationId}/${place}`)
      await main(page).getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      if (await overflows(page)) wide.push(place)
    }
    expect(wide).toEqual([])
    await phone.close()
  })

  test('asks nothing of anybody else, and no page failed', async () => {
    expect(maren.requests.filter((url) => !url.startsWith(platform.baseUrl) && !/^(data|blob):/.test(url))).toEqual([])
    // Refusals that were provoked are told by the browser as well.
    expect(maren.problems.filter((problem) => !/the server responded with a status of 4\d\d/.test(problem))).toEqual([])
    expect(platform.output()).not.toMatch(/a kettle on the moor|PRIVATE KEY|"level":"error"/)
  })
})
