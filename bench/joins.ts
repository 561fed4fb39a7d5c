// Owns: how many people come in a second, all the way to the first playlist, against the same built the usual way.
import { generateKeyPair } from '@voila/tokens'
import type { JoinersRequest } from './clients/joiners.ts'
import { openFeed } from './feed.ts'
import type { UsualSetting } from './peers/joins.ts'
import { type Child, startChild } from './process.ts'
import { type Row, type RowOptions, versioned } from './row.ts'
import { type Invitation, openStage } from './stage.ts'

type Joined = { readonly perSecond: number; readonly perCpuSecond: number }

const groups = 2
const wholeSnapshot = 100

/** Lets everybody in at once as fast as it goes, after some who warm the server up. */
async function join(
  server: Child,
  { kind, invitation, count }: { kind: JoinersRequest['kind']; invitation: Invitation; count: number },
): Promise<Joined> {
  const clients = await Promise.all(Array.from({ length: groups }, () => startChild('./clients/joiners.ts')))
  const letIn = async (each: number, from: number): Promise<Joined> => {
    await Promise.all(
      clients.map((client, n) => client.ask('prepare', { kind, invitation, count: each, first: from + n * each } satisfies JoinersRequest)),
    )
    const before = await server.cpuSeconds()
    const started = performance.now()
    await Promise.all(clients.map((client) => client.ask('join')))
    const seconds = (performance.now() - started) / 1_000
    const joined = each * groups
    return { perSecond: joined / seconds, perCpuSecond: joined / ((await server.cpuSeconds()) - before) }
  }
  try {
    await letIn(Math.ceil(count / 10), 0)
    return await letIn(Math.ceil(count / groups), count)
  } finally {
    await Promise.all(clients.map((client) => client.stop()))
  }
}

async function usual({ playlist, messages, count }: { playlist: string; messages: number; count: number }): Promise<Joined> {
  const server = await startChild('./peers/joins.ts')
  try {
    const { privateKey, publicKey } = generateKeyPair()
    const programId = 'abcdefghij01'
    await server.ask('setUp', { publicKey, programId, playlist, messages } satisfies UsualSetting)
    const invitation = {
      url: await server.ask<string>('url'),
      organizationId: 'organization',
      programId,
      kid: 'pk_usual_00000000',
      privateKey,
    }
    return await join(server, { kind: 'usual', invitation, count })
  } finally {
    await server.stop()
  }
}

async function both({ quick, say }: RowOptions): Promise<{ mine: Joined; theirs: Joined }> {
  const count = quick ? 20 : 3_000
  const messages = quick ? 5 : wholeSnapshot
  const stage = await openStage()
  try {
    await stage.chat(messages)
    const feed = await openFeed(stage)
    try {
      say(`${count.toLocaleString('en')} people come in, the usual way`)
      const theirs = await usual({ playlist: feed.playlist, messages, count })
      say(`${count.toLocaleString('en')} people come in, here`)
      return { theirs, mine: await join(stage.server, { kind: 'voila', invitation: stage.invitation, count }) }
    } finally {
      await feed.stop()
    }
  } finally {
    await stage.close()
  }
}

export const joins: Row = {
  title: 'full joins: admission (written to disk), socket, snapshot of 100 messages, first playlist',
  async run(options) {
    const { mine, theirs } = await both(options)
    const peer = `${versioned('express')}, ${versioned('jsonwebtoken')}, ${versioned('socket.io')}, nothing written`
    return {
      measured: [
        { what: 'ours', value: mine.perSecond, unit: '/s' },
        { what: 'ours, of the server’s CPU', value: mine.perCpuSecond, unit: '/CPU-s' },
        { what: 'peer', peer, value: theirs.perSecond, unit: '/s', ratio: mine.perSecond / theirs.perSecond },
        { what: 'peer, of CPU', peer, value: theirs.perCpuSecond, unit: '/CPU-s', ratio: mine.perCpuSecond / theirs.perCpuSecond },
      ],
      claims: [
        { says: 'ours / the usual way, a second', is: mine.perSecond / theirs.perSecond, atLeast: 2 },
        { says: 'ours / the usual way, a CPU-second of the server', is: mine.perCpuSecond / theirs.perCpuSecond, atLeast: 2 },
      ],
    }
  },
}
