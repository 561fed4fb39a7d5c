// Owns: a whole show as a team rehearses it: one producer, three attendees, every activity, and a server that dies in the middle.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { signToken } from '@voila/tokens'
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, type Visitor, visitor } from './browser.ts'
import { type Demo, freePort, startDemo } from './demo-process.ts'
import { type HostSite, startHostSite } from './host-site.ts'
import { keep } from './look.ts'

type Place = Page | FrameLocator
type Command = { type: string; [key: string]: unknown }

const quiz = {
  title: 'How well do you know us',
  content: {
    questions: [
      { text: 'When were we founded?', options: ['1987', '1998', '2004'], right: [0], points: 1_000, seconds: 5 },
      { text: 'Where is the oldest yard?', options: ['Kiel', 'Porto', 'Gdynia'], right: [1], points: 1_000, seconds: 5 },
      { text: 'Which of these do we build?', options: ['Ferries', 'Tugs'], right: [1], points: 500, seconds: 5 },
    ],
  },
}
const answers: Record<'ada' | 'ben' | 'cleo', readonly string[]> = {
  ada: ['1987', 'Porto', 'Tugs'],
  ben: ['1998', 'Porto', 'Ferries'],
  cleo: ['2004', 'Kiel', 'Ferries'],
}

describe.skipIf(needs.chromium())('a whole show', { timeout: 120_000 }, () => {
  let browser: Browser
  let demo: Demo
  let host: HostSite
  let team: Visitor
  let screen: Visitor
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
  /** What the team does by the API; the answer is the seq that it got. */
  async function act(activity: string, command: Command): Promise<number> {
    return ((await (await call('POST', '/commands', { id: randomUUID(), activity, command })).json()) as { seq: number }).seq
  }

  const tab = (place: Place, name: string): Locator => place.getByRole('tab', { name })
  const messages = (place: Place): Locator => place.getByRole('log', { name: 'Chat messages' })
  async function say(place: Place, text: string): Promise<void> {
    await tab(place, 'Chat').click()
    const box = place.getByRole('textbox', { name: 'Write a message' })
    await box.fill(text)
    await box.press('Enter')
  }
  const card = (place: Place, question: string): Locator => place.getByRole('article', { name: question })

  const start = (dataDir?: string): Promise<Demo> =>
    startDemo({
      args: ['--no-source', '--port', ports[0] ?? '', '--rtmp-port', ports[1] ?? ''],
      ...(dataDir === undefined ? {} : { dataDir }),
    })

  beforeAll(async () => {
    ports = [String(await freePort()), String(await freePort())]
    browser = await openBrowser()
    demo = await start()
    host = await startHostSite()
    await call('PATCH', '', { embedOrigins: [host.origin] })
    await call('PATCH', '', { activities: { questions: { review: true } } })
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
    team = await visitor(browser)
    await team.page.goto(demo.facts.backstageUrl)
    await team.page.getByRole('heading', { name: 'Programs' }).waitFor()
    await team.page.goto(`${demo.facts.baseUrl}/backstage/p/${demo.facts.programId}/control-room`)
    const { url } = (await (await call('POST', '/screen-links', { name: 'The room' })).json()) as { url: string }
    screen = await visitor(browser)
    await screen.page.goto(url)
    for (const place of everyPlace()) await place.getByRole('textbox', { name: 'Write a message' }).waitFor()
  }, 120_000)
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    for (const [name, { page }] of Object.entries({ ...people, team, screen })) await keep(page, `failed-show-${name}`)
  })
  afterAll(async () => {
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
    await team.page.keyboard.press('y')
    for (const place of [places.ada, places.ben]) await place.getByText('Will there be a new slipway?').first().waitFor()
    await expect.poll(() => page.getByText('waiting for approval').count(), { timeout: 10_000 }).toBe(0)
    const history = (await (await call('GET', '/activities/questions/history?as=team')).json()) as { items: { id: number }[] }
    const question = history.items[0]?.id
    await act('questions', { type: 'pin', question })
    await act('screen', { type: 'take', item: { kind: 'question' } })
    await screen.page.getByText('Will there be a new slipway?').waitFor()
    await act('questions', { type: 'answer', question, text: 'Yes, in spring.' })
    for (const place of [places.ada, places.ben]) await place.getByText('Yes, in spring.').first().waitFor()
  })

  test('each kind of poll comes to the front by itself, is voted on, and counts each once', async () => {
    const base = { results: 'always' as const }
    const open = (content: object): Promise<number> => act('polls', { type: 'open', content: { ...base, ...content } })

    const single = await open({ form: 'single', question: 'Where do we meet next?', options: ['Oslo', 'Riga'] })
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
    await act('polls', { type: 'close', poll: single })

    await open({ form: 'multiple', question: 'Which days?', options: ['Monday', 'Tuesday', 'Friday'], min: 1, max: 2 })
    const days = card(places.ben, 'Which days?')
    await days.getByRole('checkbox', { name: 'Monday' }).check()
    await days.getByRole('checkbox', { name: 'Friday' }).check()
    await days.getByRole('button', { name: 'Vote', exact: true }).click()
    await days.getByText('Your vote is counted.').waitFor()

    await open({ form: 'rating', question: 'How was it so far?', options: ['1', '2', '3', '4', '5'] })
    const rating = card(places.cleo, 'How was it so far?')
    await rating.getByRole('radio', { name: '4' }).check()
    await rating.getByRole('button', { name: 'Vote', exact: true }).click()
    await rating.getByText('Your vote is counted.').waitFor()

    await open({ form: 'text', question: 'What should we do more of?', review: true })
    const text = card(places.ada, 'What should we do more of?')
    await text.getByRole('textbox').fill('Open days')
    await text.getByRole('button', { name: 'Send' }).click()
    await text.getByText('Waiting for approval').waitFor()
    await team.page.getByText('Open days').first().waitFor()
    await team.page.keyboard.press('y')
    await card(places.ben, 'What should we do more of?').getByText('Open days').waitFor()

    await open({ form: 'words', question: 'One word for this year', min: 1, max: 1 })
    const words = card(places.ben, 'One word for this year')
    await words.getByRole('textbox').first().fill('calm')
    await words.getByRole('button', { name: 'Send' }).click()
    await team.page.getByText('calm', { exact: true }).first().waitFor()
    await team.page.keyboard.press('y')
    await card(places.ada, 'One word for this year').getByText('calm').first().waitFor()
  })

  test('the server dies and comes back; nobody reloads, and nothing is lost', async () => {
    const { dataDir, process: running } = demo
    const ended = new Promise((resolve) => running.once('close', resolve))
    running.kill('SIGKILL')
    await ended
    await say(places.ada, 'Said into the silence')
    demo = await start(dataDir)
    for (const place of everyPlace()) {
      await tab(place, 'Chat').click()
      await messages(place).getByText('Said into the silence').waitFor({ timeout: 60_000 })
    }
    await screen.page.getByText('Will there be a new slipway?').waitFor()
  })

  test('a quiz of three questions is led from the lobby to the podium, and each is told how he did', async () => {
    const id = await act('quiz', { type: 'start', ...quiz })
    for (const place of everyPlace()) await tab(place, 'Quiz').click()
    for (const [index, { text, seconds }] of quiz.content.questions.entries()) {
      await act('quiz', { type: 'open', quiz: id, question: index })
      for (const [name, place] of Object.entries(places)) {
        await place.getByText(text).first().waitFor()
        const choice = answers[name as keyof typeof answers][index] ?? ''
        await place.getByRole('button', { name: new RegExp(`${choice}$`) }).click()
        await place.getByText('Your answer is in.').waitFor()
      }
      await expect
        .poll(
          () =>
            act('quiz', { type: 'reveal', quiz: id, question: index }).then(
              () => true,
              () => false,
            ),
          { timeout: (seconds + 30) * 1_000, interval: 500 },
        )
        .toBe(true)
      await places.ada.getByText('Right.', { exact: false }).first().waitFor()
      await act('quiz', { type: 'leaderboard', quiz: id })
    }
    await act('quiz', { type: 'finish', quiz: id })
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
    await act('screen', { type: 'take', item: { kind: 'leaderboard' } })
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
  })
})
