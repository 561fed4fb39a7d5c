// Owns: a program as a team runs it: made, shared, sent to, moderated, gone live, ended, locked, and edited by two at once.
import { readFileSync } from 'node:fs'
import jwt from 'jsonwebtoken'
import type { Browser, Page, WebSocketRoute } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, untilPlaying, type Visitor, visitor } from './browser.ts'
import { type Demo, startDemo } from './demo-process.ts'
import { type Feed, sendFeed } from './feed.ts'
import { keep, look, overflows } from './look.ts'

const title = 'Quarterly results with the board'
/** Short, so that addresses of the picture run out while it is looked at. */
const credentialSeconds = 10

/** Signed outside of the platform, as the guide shows it. */
function tokenOf(demo: Demo, programId: string, person: { id: string; firstName: string; lastName: string }): string {
  const now = Math.floor(Date.now() / 1000)
  return jwt.sign(
    {
      organization_id: demo.facts.organizationId,
      token_use: 'selfcontained-access',
      sub: person.id,
      given_name: person.firstName,
      family_name: person.lastName,
      email: `${person.id}@aldermoor.example`,
      roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
      sharePersonalData: true,
      nbf: now,
      iat: now,
      exp: now + 3600,
      jti: `${person.id}-${now}`,
    },
    readFileSync(demo.facts.privateKeyFile),
    { algorithm: 'ES256', keyid: demo.facts.kid },
  )
}

async function say(page: Page, text: string): Promise<void> {
  const box = page.getByRole('textbox', { name: 'Write a message' })
  await box.fill(text)
  await box.press('Enter')
}

const inChat = (page: Page, text: string) => page.getByRole('log', { name: 'Chat messages' }).getByText(text, { exact: true })

describe.skipIf(needs.chromium() || needs.ffmpeg())('a program in Backstage', { timeout: 120_000 }, () => {
  let browser: Browser
  let demo: Demo
  let feed: Feed | undefined
  let team: Visitor
  let lena: Visitor
  let programId: string

  const address = (part: string): string => `${demo.facts.baseUrl}/backstage/p/${programId}/${part}`
  const attendeeUrl = (): string =>
    `${demo.facts.baseUrl}/${programId}?token=${tokenOf(demo, programId, { id: 'lena.brandt', firstName: 'Lena', lastName: 'Brandt' })}`

  /** Somebody of the team in a browser of his own. */
  async function enter(): Promise<Visitor> {
    const member = await visitor(browser)
    await member.page.goto(demo.facts.backstageUrl)
    await member.page.getByRole('heading', { name: 'Programs' }).waitFor()
    return member
  }

  beforeAll(async () => {
    browser = await openBrowser()
    demo = await startDemo({ args: ['--no-source'], env: { MEDIA_CREDENTIAL_SECONDS: String(credentialSeconds) } })
    team = await enter()
  }, 90_000)
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    await keep(team.page, 'failed-team')
    if ((lena as Visitor | undefined) !== undefined) await keep(lena.page, 'failed-attendee')
  })
  afterAll(async () => {
    await feed?.stop()
    await browser?.close()
    await demo?.stop()
  })

  test('is made in one short form, and opens at its page', async () => {
    const { page } = team
    await page.getByRole('button', { name: 'New program' }).click()
    const form = page.getByRole('dialog', { name: 'New program' })
    await form.getByRole('textbox', { name: 'Title' }).fill(title)
    await form.getByRole('button', { name: 'Create program' }).click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    programId = /\/p\/([a-z0-9]{12})\/page$/.exec(page.url())?.[1] ?? ''
    expect(programId).not.toBe('')
    await page.getByText('Only your team knows of it.', { exact: false }).waitFor()
  })

  test('says how it will look while it is being written, and saves', async () => {
    const { page } = team
    await page.getByRole('textbox', { name: 'Description' }).fill('The figures of the third quarter, and your questions.')
    const preview = page.frameLocator('iframe[title="The attendee page on a desktop"]')
    await preview.getByText('The figures of the third quarter, and your questions.').waitFor()
    await page.getByRole('textbox', { name: 'Accent colour' }).fill('#ffd400')
    await page.getByText('its lightness is moved until they can', { exact: false }).waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('You have unsaved changes.').waitFor({ state: 'hidden' })
    await page.reload()
    expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe(
      'The figures of the third quarter, and your questions.',
    )
  })

  test('asks before what was not saved is left behind', async () => {
    const { page } = team
    await page.getByRole('textbox', { name: 'Title' }).fill('Another title')
    await page.getByRole('link', { name: 'Access' }).click()
    const question = page.getByRole('dialog', { name: 'Leave without saving?' })
    await question.getByRole('button', { name: 'Stay' }).click()
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Another title')
    await page.getByRole('button', { name: 'Discard' }).click()
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe(title)
  })

  test('is private, and says where people without a token are sent', async () => {
    const { page } = team
    await page.getByRole('link', { name: 'Access' }).click()
    await page.getByRole('heading', { name: 'Private' }).waitFor()
    await page.getByRole('textbox', { name: 'Sign-in address' }).fill('https://intranet.aldermoor.example/results')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('You have unsaved changes.').waitFor({ state: 'hidden' })
    const stranger = await visitor(browser)
    expect((await stranger.page.goto(`${demo.facts.baseUrl}/${programId}`))?.status()).toBe(401)
    await stranger.page.getByRole('link', { name: 'Sign in' }).waitFor()
    await stranger.context.close()
  })

  test('is scheduled, which can be undone; then an attendee with a token signed elsewhere waits', async () => {
    const { page } = team
    await page.getByRole('button', { name: 'Schedule', exact: true }).click()
    await page.getByText('Attendees who come see the countdown.', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Only your team knows of it.', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Schedule', exact: true }).click()
    lena = await visitor(browser, { width: 1100, height: 760 })
    await lena.page.goto(attendeeUrl())
    await lena.page.getByRole('heading', { name: title }).waitFor()
    expect(lena.page.url()).toBe(`${demo.facts.baseUrl}/${programId}`)
  })

  test('takes a feed with the key that is revealed, and shows that it is good', async () => {
    const { page } = team
    await page.getByRole('link', { name: 'Stream' }).click()
    await page.getByText('No feed arrives.', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Show the primary stream key' }).click()
    const key = await page.getByLabel('Primary key').inputValue()
    const server = await page.getByLabel('Server (RTMP)').inputValue()
    expect(key).toContain(programId)
    feed = sendFeed(`${server}/${key}`)
    await page.getByText('640 × 360', { exact: false }).waitFor()
    await untilPlaying(page)
  })

  test('is rehearsed by the team alone, and all that was said in it is gone afterwards', async () => {
    const { page } = team
    await page.goto(address('control-room'))
    await page.getByText('The chat opens when you go live.', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Other steps' }).click()
    await page.getByRole('menuitem', { name: 'Start rehearsal' }).click()
    await page.getByRole('timer', { name: 'Length of the rehearsal' }).waitFor()
    await page.getByRole('textbox', { name: 'Message in the chat' }).fill('Testing, one, two.')
    await page.keyboard.press('Enter')
    await inChat(page, 'Testing, one, two.').waitFor()
    expect(await lena.page.getByText('Testing, one, two.').count()).toBe(0)
    await lena.page.getByRole('heading', { name: title }).waitFor()
    expect(await lena.page.locator('video').count()).toBe(0)
    await page.getByRole('button', { name: 'End rehearsal' }).click()
    await page.getByText('all that was said in it is gone', { exact: false }).waitFor()
    await page.getByText('The chat opens when you go live.', { exact: false }).waitFor()
  })

  test('goes live from the control room, which asks once, and the attendee sees the picture', async () => {
    const { page } = team
    await page.getByText('Connected', { exact: true }).waitFor()
    await page.keyboard.press('g')
    const question = page.getByRole('dialog', { name: 'Go live' })
    await question.getByRole('button', { name: 'Go live now' }).click()
    await page.getByRole('timer', { name: 'Time on air' }).waitFor()
    expect(await inChat(page, 'Testing, one, two.').count()).toBe(0)
    await untilPlaying(lena.page)
  })

  test('is moderated: a message is deleted, brought back, and pinned', async () => {
    const { page } = team
    await say(lena.page, 'Hello from Kiel.')
    await inChat(page, 'Hello from Kiel.').waitFor()
    await page.keyboard.press('k')
    await page.keyboard.press('x')
    await inChat(lena.page, 'Deleted by the team').waitFor()
    await page.keyboard.press('u')
    await inChat(lena.page, 'Hello from Kiel.').waitFor()
    await inChat(page, 'Hello from Kiel.').waitFor()
    await page.keyboard.press('k')
    await page.keyboard.press('p')
    await lena.page.getByText('Pinned', { exact: true }).waitFor()
  })

  test('holds messages for review until the team approves them', async () => {
    const { page } = team
    await page.keyboard.press('h')
    await lena.page.getByText('The team reads messages before they appear.', { exact: false }).waitFor()
    await say(lena.page, 'How long is the break?')
    await page.getByRole('region', { name: 'Waits for you' }).getByText('How long is the break?').waitFor()
    expect(await inChat(page, 'How long is the break?').count()).toBe(0)
    await page.keyboard.press('y')
    await inChat(lena.page, 'How long is the break?').waitFor()
    await page.keyboard.press('h')
  })

  test('mutes for ten minutes, and takes it back', async () => {
    const { page } = team
    const row = page.getByRole('log', { name: 'Chat messages' }).getByRole('article').filter({ hasText: 'How long is the break?' })
    await row.hover()
    await row.getByRole('button', { name: 'Mute Lena Brandt' }).click()
    await page.getByRole('menuitem', { name: 'For 10 minutes' }).click()
    await lena.page.getByText('The team has muted you', { exact: false }).waitFor()
    await page.getByRole('tabpanel', { name: 'Chat' }).getByRole('button', { name: 'Undo' }).click()
    await lena.page.getByRole('textbox', { name: 'Write a message' }).waitFor()
  })

  test('clears the chat for everybody, and brings all of it back', async () => {
    const { page } = team
    await page.getByRole('button', { name: 'More for the chat' }).click()
    await page.getByRole('menuitem', { name: 'Clear the chat' }).click()
    await inChat(lena.page, 'Hello from Kiel.').waitFor({ state: 'hidden' })
    await page.getByRole('tabpanel', { name: 'Chat' }).getByRole('button', { name: 'Undo' }).click()
    await inChat(lena.page, 'Hello from Kiel.').waitFor()
  })

  test('announces to everybody, and withdraws', async () => {
    const { page } = team
    await page.getByRole('textbox', { name: 'Announcement' }).fill('We answer your questions at half past.')
    await page.getByText('Highlight', { exact: true }).click()
    await page.getByRole('button', { name: 'Announce', exact: true }).click()
    await lena.page.getByText('We answer your questions at half past.').first().waitFor()
    await page.getByRole('button', { name: 'Withdraw' }).click()
    await lena.page.getByText('We answer your questions at half past.').first().waitFor({ state: 'hidden' })
  })

  test('lets the team talk to itself, unheard', async () => {
    const { page } = team
    const producer = await enter()
    await producer.page.goto(address('control-room'))
    await page.getByRole('textbox', { name: 'Message to your team' }).fill('Camera two is next.')
    await page.keyboard.press('Enter')
    await producer.page.getByRole('log', { name: 'Backchannel' }).getByText('Camera two is next.').waitFor()
    expect(await lena.page.getByText('Camera two is next.').count()).toBe(0)
    await producer.context.close()
  })

  test('shows who is in, and gives the list away with what was agreed to be shared', async () => {
    const { page } = team
    await page.goto(address('audience'))
    const people = page.getByRole('region', { name: 'In now' })
    await people.getByRole('cell', { name: 'Lena Brandt', exact: true }).waitFor()
    await page.getByRole('textbox', { name: 'Search who is in now' }).fill('nobody of this name')
    await people.getByText('Nobody of that name is there at the moment.').waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Who watched (CSV)' }).click()])
    expect(readFileSync(await download.path(), 'utf8')).toContain('lena.brandt@aldermoor.example')
  })

  test('lets somebody’s visit be ended, until a token lets them in again', async () => {
    const { page } = team
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await page.getByRole('button', { name: 'End the visit of Lena Brandt' }).click()
    await page.getByRole('dialog', { name: 'End this visit' }).getByRole('button', { name: 'End the visit' }).click()
    await lena.page.getByText('Your access to this event was ended', { exact: false }).waitFor()
    await lena.page.goto(attendeeUrl())
    await untilPlaying(lena.page)
  })

  test('shows its backup when it is told to, and leaves the choice to itself again', async () => {
    const { page } = team
    await page.goto(address('stream'))
    const backup = sendFeed(`${await page.getByLabel('Server (RTMP)').inputValue()}/${await page.getByLabel('Backup key').inputValue()}`)
    await page.getByText('Backup: standing by.', { exact: false }).waitFor()
    const inputs = page.getByRole('radiogroup', { name: 'Which input is shown' })
    await inputs.getByText('Backup').click()
    await page.getByText('Primary: standing by. Backup: shown.').waitFor()
    await inputs.getByText('Automatic').click()
    await page.getByText('Primary: shown. Backup: standing by.').waitFor()
    await backup.stop()
    await page.getByText('Backup: not connected.', { exact: false }).waitFor()
    await untilPlaying(lena.page)
    await page.waitForTimeout(credentialSeconds * 1_000)
    await untilPlaying(page)
  })

  test('keeps both when two edit it: the second save is refused with what changed, and nothing is lost', { timeout: 240_000 }, async () => {
    const { page } = team
    const other = await enter()
    await other.page.goto(address('page'))
    await page.goto(address('page'))
    const field = (of: Page, name: string) => of.getByRole('textbox', { name })
    await field(page, 'Title').fill('Results, third quarter')
    await field(other.page, 'Title').fill('Quarterly results, live from Kiel')
    await field(other.page, 'Accent colour').fill('#0f766e')
    await other.page.getByRole('button', { name: 'Save' }).click()
    await other.page.getByText('You have unsaved changes.').waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Save' }).click()
    const note = page.getByRole('alert').filter({ hasText: 'Not saved yet' })
    const both = note.getByRole('region', { name: 'Title' })
    await both.getByText('Results, third quarter').waitFor()
    await both.getByText('Quarterly results, live from Kiel').waitFor()
    await note.getByRole('region', { name: 'Accent colour' }).getByText('#0f766e').waitFor()
    expect(await field(page, 'Title').inputValue()).toBe('Results, third quarter')
    expect(await field(page, 'Accent colour').inputValue()).toBe('#0f766e')
    expect(await look(page, 'two-editors')).toEqual([])
    await page.getByRole('button', { name: 'Save again' }).click()
    await note.waitFor({ state: 'hidden' })
    await lena.page.getByRole('heading', { name: 'Results, third quarter' }).waitFor()
    await other.page.reload()
    expect(await field(other.page, 'Accent colour').inputValue()).toBe('#0f766e')
    expect(await field(other.page, 'Title').inputValue()).toBe('Results, third quarter')
    await field(other.page, 'Title').fill(title)
    await other.page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await other.context.close()
  })

  test('can be tried as an embedded player, once its own page is allowed', async () => {
    const { page } = team
    await page.goto(address('share'))
    expect(await page.getByRole('textbox', { name: 'Program id' }).inputValue()).toBe(programId)
    expect(await page.getByLabel('redirect code', { exact: true }).innerText()).toContain(`${demo.facts.baseUrl}/${programId}`)
    await page.getByRole('tab', { name: 'Try it here' }).click()
    await page.getByRole('button', { name: 'Allow this page' }).click()
    await page
      .getByRole('textbox', { name: 'Token' })
      .fill(tokenOf(demo, programId, { id: 'ove.dahl', firstName: 'Ove', lastName: 'Dahl' }))
    await page.getByRole('button', { name: 'Show the player' }).click()
    const player = page.frameLocator('iframe[title="The embedded player"]')
    await player.getByRole('heading', { name: title }).waitFor()
    await player.getByRole('textbox', { name: 'Write a message' }).waitFor()
    await page.getByRole('textbox', { name: 'Token' }).fill('not a token')
    await page.getByRole('button', { name: 'Show the player' }).click()
    await page.getByText('malformed:', { exact: false }).waitFor()
  })

  test('ends for everybody, goes live again, and says so on every page', async () => {
    const { page } = team
    await page.goto(address('control-room'))
    await page.getByRole('button', { name: 'End the show' }).click()
    await page.getByRole('button', { name: 'End it for everybody' }).click()
    await lena.page.getByText('This event has ended').waitFor()
    await page.getByRole('button', { name: 'Go live again' }).click()
    await page.getByRole('button', { name: 'Go live now' }).click()
    await untilPlaying(lena.page)
  })

  test.each([
    ['programs', () => `/backstage/o/${demo.facts.organizationId}/programs`, 'Programs'],
    ['page', () => `/backstage/p/${programId}/page`, title],
    ['access', () => `/backstage/p/${programId}/access`, title],
    ['stream', () => `/backstage/p/${programId}/stream`, title],
    ['activities', () => `/backstage/p/${programId}/activities`, title],
    ['prepare', () => `/backstage/p/${programId}/prepare`, title],
    ['results', () => `/backstage/p/${programId}/results`, title],
    ['share', () => `/backstage/p/${programId}/share`, title],
    ['audience', () => `/backstage/p/${programId}/audience`, title],
    ['control-room', () => `/backstage/p/${programId}/control-room`, title],
  ] as const)('its screen %s has no grave fault that axe finds, light or dark, and fits a phone', async (name, path, heading) => {
    const { page } = team
    await page.goto(demo.facts.baseUrl + path())
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.waitForTimeout(name === 'stream' || name === 'control-room' ? 3_000 : 1_000)
    expect(await look(page, `program-${name}`, { whole: name !== 'control-room' })).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(() => overflows(page)).toBe(false)
    await page.setViewportSize({ width: 1440, height: 900 })
    // One screen: nothing of the control room is further down.
    if (name === 'control-room') expect(await page.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight)).toBe(true)
  })

  test('its control room goes on through a lost connection, says so, and does afterwards what was asked for meanwhile', async () => {
    const { page } = team
    let isDown = false
    const open = new Set<WebSocketRoute>()
    await page.routeWebSocket(/\/socket$/, (socket) => {
      if (isDown) return void socket.close({ code: 1011 })
      open.add(socket)
      socket.connectToServer()
    })
    // Nor by plain requests, which it would change to.
    await page.route(/\/(stream|commands)(\?|$)/, (route) => (isDown ? route.abort() : route.continue()))
    await page.goto(address('control-room'))
    await page.getByText('Connected', { exact: true }).waitFor()
    isDown = true
    for (const socket of open) await socket.close({ code: 1011 })
    await page.getByText('Connection lost.', { exact: false }).waitFor()
    const field = page.getByRole('textbox', { name: 'Message in the chat' })
    await field.fill('We are still here.')
    await field.press('Enter')
    await page.getByText('Sending…').waitFor()
    expect(await inChat(lena.page, 'We are still here.').count()).toBe(0)
    isDown = false
    await page.getByText('Connected again', { exact: true }).waitFor()
    await inChat(lena.page, 'We are still here.').waitFor()
    expect(await inChat(page, 'We are still here.').count()).toBe(1)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  })

  test('sends the encoder away when its key is rotated, and its recording can be taken and deleted', async () => {
    const { page } = team
    await page.goto(address('stream'))
    const before = await page.getByLabel('Primary key').inputValue()
    await page.getByRole('button', { name: 'Rotate the primary stream key' }).click()
    await page.getByRole('button', { name: 'Rotate key' }).click()
    await page.getByText('No feed arrives.', { exact: true }).waitFor()
    await expect.poll(() => feed?.process.exitCode ?? feed?.process.signalCode ?? null).not.toBeNull()
    await expect.poll(() => page.getByLabel('Primary key').inputValue()).not.toBe(before)
    const recordings = page.getByRole('region', { name: 'Recordings' })
    const count = await recordings.getByRole('button', { name: 'Delete the recording' }).count()
    expect(count).toBeGreaterThan(0)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      recordings.getByRole('link', { name: 'Download the recording' }).first().click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.mp4$/)
    await download.cancel()
    await recordings.getByRole('button', { name: 'Delete the recording' }).first().click()
    await page.getByRole('dialog', { name: 'Delete the recording' }).getByRole('button', { name: 'Delete recording' }).click()
    await expect.poll(() => recordings.getByRole('button', { name: 'Delete the recording' }).count()).toBe(count - 1)
  })

  test('loses its attendees with the key: picture and chat stop, and the way back in says key_revoked', async () => {
    const { page } = team
    await page.goto(`${demo.facts.baseUrl}/backstage/o/${demo.facts.organizationId}/keys/${demo.facts.kid}`)
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: /Revoke/ }).click()
    const question = page.getByRole('dialog')
    const name = (await question.locator('strong').last().innerText()).trim()
    await question.getByRole('textbox').fill(name)
    await question.getByRole('button', { name: 'Revoke key' }).click()
    await lena.page
      .getByText('no longer accepted', { exact: false })
      .or(lena.page.getByText('Your access to this event was ended', { exact: false }))
      .first()
      .waitFor()
    expect(await lena.page.locator('video').count()).toBe(0)
    expect(await lena.page.getByRole('textbox', { name: 'Write a message' }).count()).toBe(0)
    const answer = await fetch(`${demo.facts.baseUrl}/api/programs/${programId}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: new URL(attendeeUrl()).searchParams.get('token') }),
    })
    expect(answer.status).toBe(403)
    expect(((await answer.json()) as { code: string }).code).toBe('key_revoked')
    expect((await lena.page.goto(attendeeUrl()))?.status()).toBe(403)
  })

  test('is deleted by whoever types its title', async () => {
    const { page } = team
    await page.goto(address('page'))
    await page.getByRole('button', { name: `More for ${title}` }).click()
    expect(await page.getByRole('menuitem', { name: /Delete/ }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'End the show' }).click()
    await page.getByRole('button', { name: 'End it for everybody' }).click()
    await page.getByText('Attendees are told that it is over.', { exact: false }).waitFor()
    await page.getByRole('button', { name: `More for ${title}` }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const question = page.getByRole('dialog', { name: 'Delete program' })
    expect(await question.getByRole('button', { name: 'Delete program' }).isDisabled()).toBe(true)
    await question.getByRole('textbox').fill(title)
    await question.getByRole('button', { name: 'Delete program' }).click()
    await page.getByRole('heading', { name: 'Programs' }).waitFor()
    expect((await fetch(`${demo.facts.baseUrl}/${programId}`)).status).toBe(404)
  })
})
