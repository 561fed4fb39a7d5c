// Owns: a whole show as a team rehearses it: a producer, a moderator, three attendees, a picture, every activity, and a server that dies in the middle.
import { readFileSync } from 'node:fs'
import { signToken } from '@voila/tokens'
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, untilPlaying, type Visitor, visitor } from './browser.ts'
import { type Demo, freePort, startDemo } from './demo-process.ts'
import { type Feed, sendFeed } from './feed.ts'
import { type HostSite, startHostSite } from './host-site.ts'
import { keep } from './look.ts'

type Place = Page | FrameLocator

/** What the team has prepared, in the order in which it is launched. */
const polls = [
  { form: 'single', question: 'Where do we meet next?', options: ['Oslo', 'Riga'], results: 'always' },
  { form: 'multiple', question: 'Which days?', options: ['Monday', 'Tuesday', 'Friday'], min: 1, max: 2, results: 'always' },
  { form: 'rating', question: 'How was it so far?', options: ['1', '2', '3', '4', '5'], results: 'always' },
  { form: 'text', question: 'What should we do more of?', review: true, results: 'always' },
  { form: 'words', question: 'One word for this year', min: 1, max: 1, results: 'always' },
] as const

const quiz = {
  title: 'How well do you know us',
  content: {
    questions: [
      { text: 'When were we founded?', options: ['1987', '1998', '2004'], right: [0], points: 1_000, seconds: 8 },
      { text: 'Where is the oldest yard?', options: ['Kiel', 'Porto', 'Gdynia'], right: [1], points: 1_000, seconds: 8 },
      { text: 'Which of these do we build?', options: ['Ferries', 'Tugs'], right: [1], points: 500, seconds: 8 },
    ],
  },
}
const answers: Record<'ada' | 'ben' | 'cleo', readonly string[]> = {
  ada: ['1987', 'Porto', 'Tugs'],
  ben: ['1998', 'Porto', 'Ferries'],
  cleo: ['2004', 'Kiel', 'Ferries'],
}

const colours = ['#1d3557', '#2a6f4e', '#7a2e2e']

/** A picture is at least so far behind what the server tells. */
const leastDelayMs = 400

describe.skipIf(needs.chromium() || needs.ffmpeg())('a whole show', { timeout: 120_000 }, () => {
  let browser: Browser
  let demo: Demo
  let host: HostSite
  let feed: Feed
  let team: Visitor
  let moderator: Visitor
  let screen: Visitor
  let screenLink: { url: string; link: { id: string } }
  let ports: string[]
  const people = {} as Record<'ada' | 'ben' | 'cleo', Visitor>
  const places = {} as Record<'ada' | 'ben' | 'cleo', Place>
  const everyPlace = (): Place[] => Object.values(places)

  function tokenFor(given_name: string, family_name: string, { shares }: { shares: boolean }): string {
    return signToken(
      {
        organization_id: demo.facts.organizationId,
        given_name,
        family_name,
        email: `${given_name.toLowerCase()}@aldermoor.example`,
        roles: [{ name: 'ROLE_ATTENDEE', eventId: demo.facts.programId }],
        sharePersonalData: shares,
      },
      { privateKey: readFileSync(demo.facts.privateKeyFile, 'utf8'), kid: demo.facts.kid, expiresInSeconds: 3_600 },
    )
  }

  async function call(method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${demo.facts.baseUrl}/api/programs/${demo.facts.programId}${path}`, {
      method,
      headers: { authorization: `Bearer ${demo.facts.adminSecret}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  /** Somebody whom the owner invites as a moderator. */
  async function join({ page, context }: Visitor, name: string): Promise<void> {
    const { baseUrl, organizationId, adminSecret } = demo.facts
    const invited = await context.request.post(`${baseUrl}/api/organizations/${organizationId}/invitations`, {
      headers: { authorization: `Bearer ${adminSecret}` },
      data: { email: 'noa@aldermoor.example', role: 'moderator' },
    })
    const { url } = (await invited.json()) as { url: string }
    await page.goto(url)
    await page.getByRole('textbox', { name: 'Your name' }).fill(name)
    await page.getByRole('textbox', { name: 'Password' }).fill('a lantern in the fog')
    await page.getByRole('button', { name: /Accept|Join|Create/ }).click()
    await page.getByRole('heading', { name: 'Programs' }).waitFor()
  }

  const tab = (place: Place, name: string): Locator => place.getByRole('tab', { name })
  const messages = (place: Place): Locator => place.getByRole('log', { name: 'Chat messages' })
  async function say(place: Place, text: string): Promise<void> {
    await tab(place, 'Chat').click()
    const box = place.getByRole('textbox', { name: 'Write a message' })
    await box.fill(text)
    await box.press('Enter')
  }
  /** A key of the control room, from wherever the hands are. */
  async function press({ page }: Visitor, ...keys: string[]): Promise<void> {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    for (const key of keys) await page.keyboard.press(key)
  }
  const roomPart = ({ page }: Visitor, name: string): Locator => page.getByRole('tabpanel', { name })
  async function openPart(who: Visitor, name: string): Promise<Locator> {
    await who.page.getByRole('tab', { name }).click()
    return roomPart(who, name)
  }
  async function takeToScreen(name: string): Promise<void> {
    const part = await openPart(team, 'Screen')
    await part.getByRole('button', { name, exact: true }).click()
    await part.getByRole('button', { name: 'Take', exact: true }).click()
  }
  const card = (place: Place, question: string): Locator => place.getByRole('article', { name: question })

  const start = (dataDir?: string): Promise<Demo> =>
    startDemo({
      args: ['--no-source', '--port', ports[0] ?? '', '--rtmp-port', ports[1] ?? ''],
      ...(dataDir === undefined ? {} : { dataDir }),
    })

  const startFeed = (): Feed => sendFeed(`${demo.facts.rtmpUrl}/${demo.facts.streamKey}`, { small: true })

  beforeAll(async () => {
    ports = [String(await freePort()), String(await freePort())]
    browser = await openBrowser()
    demo = await start()
    feed = startFeed()
    host = await startHostSite()
    await call('PATCH', '', { embedOrigins: [host.origin] })
    await call('PATCH', '', { activities: { questions: { review: true } } })
    const { items } = (await (await call('GET', '/prepared')).json()) as { items: { id: string }[] }
    for (const { id } of items) await call('DELETE', `/prepared/${id}`)
    for (const content of polls) await call('POST', '/prepared', { kind: 'poll', title: content.question, content })
    await call('POST', '/prepared', { kind: 'quiz', ...quiz })
    const page = `<!doctype html><html lang="en"><title>Intranet</title><body><div id="one"></div><script src="${demo.facts.baseUrl}/voila.js"></script></body></html>`
    host.pages.set('/', { body: page })

    const open = async (name: 'ada' | 'ben', who: Visitor, token: string): Promise<void> => {
      people[name] = who
      places[name] = who.page
      await who.page.goto(`${demo.facts.baseUrl}/${demo.facts.programId}?token=${token}`)
    }
    await open('ada', await visitor(browser), tokenFor('Ada', 'Lovelace', { shares: true }))
    await open('ben', await visitor(browser, { width: 390, height: 844 }), tokenFor('Ben', 'Tukker', { shares: true }))
    people.cleo = await visitor(browser)
    await people.cleo.page.goto(host.origin)
    await people.cleo.page.evaluate(
      ([token, programId]) => {
        const { voila } = window as unknown as { voila: { setToken(of: object): void; render(of: object): void } }
        voila.setToken({ token })
        voila.render({ programId, target: '#one' })
      },
      [tokenFor('Cleo', 'Vance', { shares: false }), demo.facts.programId] as const,
    )
    places.cleo = people.cleo.page.frameLocator('#one iframe')
    const backstage = `${demo.facts.baseUrl}/backstage/p/${demo.facts.programId}`
    team = await visitor(browser)
    await team.page.goto(demo.facts.backstageUrl)
    await team.page.getByRole('heading', { name: 'Programs' }).waitFor()
    await team.page.goto(`${backstage}/control-room`)
    moderator = await visitor(browser)
    await join(moderator, 'Noa Brandt')
    await moderator.page.goto(`${backstage}/control-room`)
    screenLink = (await (await call('POST', '/screen-links', { name: 'The room' })).json()) as typeof screenLink
    screen = await visitor(browser)
    await screen.page.goto(screenLink.url)
    for (const place of everyPlace()) await place.getByRole('textbox', { name: 'Write a message' }).waitFor()
    for (const { page } of [people.ada, people.ben]) await untilPlaying(page)
  }, 120_000)
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    for (const [name, { page }] of Object.entries({ ...people, team, moderator, screen }))
      if (!page.isClosed()) await keep(page, `failed-show-${name}`)
  })
  afterAll(async () => {
    await feed?.stop()
    await browser?.close()
    await host?.close()
    await demo?.stop()
  })

  test('what three people write is read by all three', async () => {
    await say(places.ada, 'Ada is here')
    await say(places.ben, 'Ben is here')
    await say(places.cleo, 'Cleo is here')
    for (const place of everyPlace()) for (const who of ['Ada', 'Ben', 'Cleo']) await messages(place).getByText(`${who} is here`).waitFor()
  })

  test('a question waits for the team, is approved by keyboard, shown to all, and answered; its asker is told of each', async () => {
    const { page } = people.ada
    // By keyboard alone: from tab to tab with the arrow keys.
    await tab(page, 'Chat').focus()
    await page.keyboard.press('ArrowRight')
    const box = page.getByRole('textbox', { name: 'Ask a question' })
    await box.focus()
    await page.keyboard.type('Will there be a new slipway?')
    await page.keyboard.press('Enter')
    await page.getByText('waiting for approval').first().waitFor()
    await tab(places.ben, 'Questions').click()
    expect(await people.ben.page.getByText('Will there be a new slipway?').count()).toBe(0)
    await team.page.getByText('Will there be a new slipway?').first().waitFor()
    await press(team, 'y')
    for (const place of [places.ada, places.ben]) await place.getByText('Will there be a new slipway?').first().waitFor()
    await expect.poll(() => page.getByText('waiting for approval').count(), { timeout: 10_000 }).toBe(0)
    await press(team, 'q', 'o')
    for (const place of [places.ada, places.ben]) await place.getByText('Everybody looks at this question now', { exact: true }).waitFor()
    await takeToScreen('Question')
    await screen.page.getByText('Will there be a new slipway?').waitFor()
    await press(team, 'q', 'w')
    await team.page.getByRole('textbox', { name: 'Answer that everybody can read' }).fill('Yes, in spring.')
    await team.page.keyboard.press('Enter')
    for (const place of [places.ada, places.ben]) await place.getByText('Yes, in spring.').first().waitFor()
  })

  test('two moderators never handle the same question: who looks at it is told, and pressed at once it is published once', async () => {
    for (const text of ['Is the canteen open on Sundays?', 'Who won the regatta?']) {
      const box = places.ada.getByRole('textbox', { name: 'Ask a question' })
      await box.fill(text)
      await box.press('Enter')
      for (const { page } of [team, moderator]) await page.getByText(text).first().waitFor()
    }
    await press(moderator, 'f', 'i')
    const held = team.page.locator('[data-held="true"]')
    await held.getByText('Noa Brandt looks at this.').waitFor()
    await held.getByText('Is the canteen open on Sundays?').waitFor()
    // Held by another: the key goes to the next that is free.
    await Promise.all([press(team, 'y'), press(moderator, 'f', 'ArrowDown', 'y')])
    await places.ben.getByText('Who won the regatta?').waitFor()
    await press(moderator, 'f', 'y')
    await places.ben.getByText('Is the canteen open on Sundays?').waitFor()
    for (const { page } of [team, moderator]) await page.getByText('Nothing waits.').first().waitFor()
    const done = (await (await call('GET', '/activities/questions/history?as=team')).json()) as { items: { text: string }[] }
    expect(done.items.map(({ text }) => text).sort()).toEqual([
      'Is the canteen open on Sundays?',
      'Who won the regatta?',
      'Will there be a new slipway?',
    ])
    await moderator.context.close()
  })

  test('slides are made of a PDF in the browser, taken by keyboard, and shown when the picture has come to them', async () => {
    const { page } = await visitor(browser)
    await page.setContent(
      colours.map((colour) => `<section style="break-after:page;height:700px;background:${colour}">A slide</section>`).join(''),
    )
    const pdf = await page.pdf({ width: '1280px', height: '720px', printBackground: true })
    await page.close()
    const backstage = `${demo.facts.baseUrl}/backstage/p/${demo.facts.programId}`
    await team.page.goto(`${backstage}/prepare`)
    await team.page.getByRole('button', { name: 'Prepare slides' }).click()
    const chooser = team.page.waitForEvent('filechooser')
    await team.page.getByRole('button', { name: 'Upload a PDF or pictures' }).click()
    await (await chooser).setFiles({ name: 'The year.pdf', mimeType: 'application/pdf', buffer: pdf })
    await team.page.getByRole('img', { name: 'Slide 3' }).waitFor()
    await team.page.getByRole('button', { name: 'Save' }).click()
    await team.page.getByText('Prepared.').waitFor()
    await team.page.goto(`${backstage}/control-room`)
    await team.page.getByText('Connected', { exact: true }).waitFor()

    const slide = (place: Place, number: number): Locator => place.getByRole('img', { name: `The year, page ${number} of ` })
    // The list of them is there as soon as it has come from the server.
    await openPart(team, 'Screen')
    await team.page.getByRole('option', { name: 'The year, page 1 of ' }).waitFor()
    await press(team, '0', 'ArrowRight', 'Enter')
    await slide(screen.page, 1).waitFor()
    for (const place of everyPlace()) await slide(place, 1).waitFor()
    expect(await slide(places.ada, 1).evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(1_000)
    // On a phone the video stays in view beside it.
    const video = await people.ben.page.locator('video').boundingBox()
    expect(video).toMatchObject({ width: 390 })
    expect((video?.y ?? -1) >= 0 && (video?.y ?? 0) + (video?.height ?? 0) < 844).toBe(true)

    // The room hears the speaker at once; who watches the picture is shown the slide when he hears it.
    const seen = (of: Page): Promise<number> =>
      of.evaluate(
        () =>
          new Promise((resolve) => {
            const look = setInterval(() => {
              if (document.querySelector('img[alt^="The year, page 2 of "]') === null) return
              clearInterval(look)
              resolve(Date.now())
            }, 10)
          }),
      )
    const [inRoom, atAda] = [seen(screen.page), seen(people.ada.page)]
    await team.page.keyboard.press('ArrowRight')
    const taken = Date.now()
    await team.page.keyboard.press('Enter')
    expect((await atAda) - taken).toBeGreaterThan(leastDelayMs)
    expect(await inRoom).toBeLessThan(await atAda)
    // Somebody who goes to another window has it there, and the keyboard finds its way back.
    const out = places.ada.getByRole('button', { name: 'Open in a window of its own' })
    await out.focus()
    const [popped] = await Promise.all([people.ada.context.waitForEvent('page'), people.ada.page.keyboard.press('Enter')])
    await slide(popped, 2).waitFor()
    await people.ada.page.keyboard.press('Enter')
    await slide(places.ada, 2).waitFor()
    expect(popped.isClosed()).toBe(true)
    expect(await out.evaluate((button) => button === document.activeElement)).toBe(true)
  })

  test('each kind of poll comes to the front by itself, is voted on, and counts each once', async () => {
    await places.ada.getByRole('textbox', { name: 'Ask a question' }).focus()
    await press(team, 't')
    // Ada's keyboard is in the field of the questions, and stays hers until she says so.
    await places.ada.getByRole('button', { name: 'Show', exact: true }).press('Enter')
    const oslo = card(places.ada, 'Where do we meet next?').getByRole('radio', { name: 'Oslo' })
    await oslo.focus()
    await people.ada.page.keyboard.press('Space')
    await people.ada.page.keyboard.press('Enter')
    // So is Cleo's in the chat; Ben has looked at the questions alone, and is led here.
    await tab(places.cleo, 'Polls').click()
    for (const place of [places.ben, places.cleo]) {
      await card(place, 'Where do we meet next?').getByRole('radio', { name: 'Riga' }).check()
      await card(place, 'Where do we meet next?').getByRole('button', { name: 'Vote', exact: true }).click()
    }
    for (const place of everyPlace()) await card(place, 'Where do we meet next?').getByText('3 votes').first().waitFor()
    await press(team, '.')
    for (const place of everyPlace()) await card(place, 'Where do we meet next?').getByText('Closed').waitFor()

    await press(team, 't')
    const days = card(places.ben, 'Which days?')
    await days.getByRole('checkbox', { name: 'Monday' }).check()
    await days.getByRole('checkbox', { name: 'Friday' }).check()
    await days.getByRole('button', { name: 'Vote', exact: true }).click()
    await days.getByText('Your vote is counted.').waitFor()

    await press(team, 't')
    const rating = card(places.cleo, 'How was it so far?')
    await rating.getByRole('radio', { name: '4' }).check()
    await rating.getByRole('button', { name: 'Vote', exact: true }).click()
    await rating.getByText('Your vote is counted.').waitFor()

    await press(team, 't')
    const text = card(places.ada, 'What should we do more of?')
    await text.getByRole('textbox').fill('Open days')
    await text.getByRole('button', { name: 'Send' }).click()
    await text.getByText('Waiting for approval').waitFor()
    await team.page.getByText('Open days').first().waitFor()
    await press(team, 'y')
    await card(places.ben, 'What should we do more of?').getByText('Open days').waitFor()

    await press(team, 't')
    const words = card(places.ben, 'One word for this year')
    await words.getByRole('textbox').first().fill('calm')
    await words.getByRole('button', { name: 'Send' }).click()
    await team.page.getByText('calm', { exact: true }).first().waitFor()
    await press(team, 'y')
    await card(places.ada, 'One word for this year').getByText('calm').first().waitFor()
  })

  test('the server dies and comes back; nobody reloads, and nothing is lost', async () => {
    const { dataDir, process: running } = demo
    const ended = new Promise((resolve) => running.once('close', resolve))
    running.kill('SIGKILL')
    await ended
    await say(places.ada, 'Said into the silence')
    await feed.stop()
    demo = await start(dataDir)
    feed = startFeed()
    for (const place of everyPlace()) {
      await tab(place, 'Chat').click()
      await messages(place).getByText('Said into the silence').waitFor({ timeout: 60_000 })
    }
    await screen.page.getByRole('img', { name: 'The year, page 2 of ' }).waitFor()
    for (const { page } of [people.ada, people.ben]) await untilPlaying(page, 60_000)
  })

  test('a quiz of three questions is led from the lobby to the podium, and each is told how he did', async () => {
    const part = await openPart(team, 'Quiz')
    await part.getByRole('button', { name: `Start the quiz ${quiz.title}` }).click()
    await part.getByText('Lobby').waitFor()
    for (const place of everyPlace()) await tab(place, 'Quiz').click()
    for (const [index, { text, seconds }] of quiz.content.questions.entries()) {
      await press(team, ',')
      const answer = async ([name, place]: [string, Place]): Promise<void> => {
        await place.getByText(text).first().waitFor()
        const choice = answers[name as keyof typeof answers][index] ?? ''
        await place.getByRole('button', { name: new RegExp(`${choice}$`) }).click()
        await place.getByText('Your answer is in.').waitFor()
      }
      // Ada has it first, and so the most points.
      await answer(['ada', places.ada])
      await Promise.all([answer(['ben', places.ben]), answer(['cleo', places.cleo])])
      // Not before the time is over on the latest picture; until then the key does nothing.
      await press(team, ',')
      await part.getByRole('button', { name: 'Show the answer', exact: true }).click({ timeout: (seconds + 30) * 1_000 })
      await places.ada.getByText('Right.', { exact: false }).first().waitFor()
      await part.getByText('Answer shown').waitFor()
      await press(team, ',')
      await part.getByText(`Leaderboard ${index + 1}/${quiz.content.questions.length}`).waitFor()
    }
    await press(team, ',')
    for (const place of everyPlace()) {
      const podium = place.getByRole('region', { name: 'Quiz' }).getByRole('listitem')
      await expect
        .poll(() => podium.allInnerTexts(), { timeout: 20_000 })
        .toEqual([
          expect.stringMatching(/^1\s+Ada Lovelace.*points$/s),
          expect.stringMatching(/^2\s+Ben Tukker.*points$/s),
          expect.stringMatching(/^3\s+Cleo Vance(?:.*[^\d,])?0 points$/s),
        ])
    }
    await takeToScreen('Leaderboard')
    await screen.page.getByText('Ada Lovelace').first().waitFor()
  })

  test('nobody has lost anything, or sees anything twice, also after a reload', async () => {
    for (const name of ['ada', 'ben'] as const) await people[name].page.reload()
    for (const place of everyPlace()) {
      await tab(place, 'Chat').click()
      for (const text of ['Ada is here', 'Ben is here', 'Cleo is here', 'Said into the silence']) {
        await messages(place).getByText(text, { exact: true }).first().waitFor()
        expect(await messages(place).getByText(text, { exact: true }).count(), text).toBe(1)
      }
      await tab(place, 'Polls').click()
      for (const question of [
        'Where do we meet next?',
        'Which days?',
        'How was it so far?',
        'What should we do more of?',
        'One word for this year',
      ]) {
        await card(place, question).first().waitFor()
        expect(await card(place, question).count(), question).toBe(1)
      }
    }
    for (const { problems } of Object.values(people)) {
      // What a browser says of a server that is not there, and of a picture that no feed sends.
      expect(problems.filter((problem) => !/ERR_|404|503|WebSocket/.test(problem))).toEqual([])
    }
  })

  test('a question that is left is answered after the end, and its asker is told', async () => {
    await team.page.getByRole('button', { name: 'End the show' }).click()
    await team.page.getByRole('button', { name: 'End it for everybody' }).click()
    for (const place of everyPlace()) await place.getByText('This event has ended').first().waitFor()
    const part = await openPart(team, 'Questions')
    const row = part.locator('[data-question]', { hasText: 'Who won the regatta?' })
    await row.focus()
    await team.page.keyboard.press('w')
    await team.page.getByRole('textbox', { name: 'Answer that everybody can read' }).fill('The yard in Porto.')
    await team.page.keyboard.press('Enter')
    await tab(places.ada, 'Questions').click()
    await places.ada.getByText('The yard in Porto.').waitFor()
  })

  test('a screen is transparent where its address says so, and goes dark when its link is revoked', async () => {
    const overlay = await visitor(browser)
    await overlay.page.goto(screenLink.url.replace('#', '?background=transparent&size=large#'))
    for (const { page } of [screen, overlay]) await page.getByText('Ada Lovelace').waitFor()
    const backgrounds = await overlay.page.evaluate(() =>
      [document.documentElement, document.body, document.querySelector('.screen-frame')].map((each) =>
        each === null ? '' : getComputedStyle(each).backgroundColor,
      ),
    )
    expect(backgrounds).toEqual(Array(3).fill('rgba(0, 0, 0, 0)'))
    const sizes = await Promise.all(
      [screen, overlay].map(({ page }) =>
        page.getByText('Ada Lovelace').evaluate((name) => Number.parseFloat(getComputedStyle(name).fontSize)),
      ),
    )
    expect(sizes[1]).toBeGreaterThan(sizes[0] ?? Number.NaN)
    await call('DELETE', `/screen-links/${screenLink.link.id}`)
    for (const { page } of [screen, overlay]) {
      await page.getByText('This link to the big screen works no more.', { exact: false }).waitFor()
      expect(await page.getByText('Ada Lovelace').count()).toBe(0)
    }
  })

  test('what is taken away says what happened, and names nobody who does not share', async () => {
    const csv = async (activity: string): Promise<string> => (await call('GET', `/exports/${activity}?format=csv`)).text()
    const chat = await csv('chat')
    for (const text of ['Ada is here', 'Ben is here', 'Cleo is here', 'Said into the silence']) expect(chat.split(text)).toHaveLength(2)
    expect(chat).toContain('Ada Lovelace')
    expect(chat).toContain('ada@aldermoor.example')
    for (const activity of ['chat', 'questions', 'polls', 'quiz']) {
      const table = await csv(activity)
      expect(table).not.toContain('Vance')
      expect(table).not.toContain('cleo@')
    }
    expect(await csv('polls')).toContain('Where do we meet next?')
    expect(await csv('questions')).toContain('Yes, in spring.')
    expect(await csv('questions')).toContain('The yard in Porto.')
    expect(await csv('screen')).toContain('The year')
  })
})
