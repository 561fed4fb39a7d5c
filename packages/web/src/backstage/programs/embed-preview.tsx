// Owns: trying out the embedded player in Backstage, as a page of somebody else's would show it.
import { Alert, Button, Code, Group, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { errorRow, isErrorCode, type Program } from '@voila/protocol'
import { useEffect, useRef, useState } from 'react'
import type { Voila } from '../../embed/types.ts'
import { api } from '../api.ts'
import { useMay } from '../may.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkText } from '../pieces/links.tsx'
import { programQuery } from '../queries.ts'
import { programPath } from './program-queries.ts'

/** Loads the same script that other sites load, once. */
let loading: Promise<Voila> | undefined
function loadScript(): Promise<Voila> {
  loading ??= new Promise<Voila>((resolve, reject) => {
    const script = document.createElement('script')
    script.src = '/voila.js'
    script.addEventListener('load', () => resolve(globalThis.voila))
    script.addEventListener('error', () => {
      loading = undefined
      script.remove()
      reject(new Error('voila.js could not be loaded'))
    })
    document.head.append(script)
  })
  return loading
}

export function EmbedPreview({ program }: { program: Program }) {
  const [text, setText] = useState('')
  const [token, setToken] = useState<string>()
  const isAllowed = program.embedOrigins.includes(location.origin)
  if (!isAllowed) return <AllowHere program={program} />
  return (
    <Stack gap="md">
      <Text size="sm">
        Paste a token for this program, as your server signs it, or make one in the{' '}
        <LinkText inherit underline="always" to="/o/$organizationId/inspector" params={{ organizationId: program.organizationId }}>
          token inspector
        </LinkText>
        . It is used in this page alone, and whoever it names is an attendee like any other: he is counted.
      </Text>
      <Textarea
        aria-label="Token"
        className="mono"
        placeholder="eyJhbGciOiJFUzI1NiIs…"
        value={text}
        minRows={3}
        maxRows={5}
        autosize
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button disabled={text.trim() === ''} onClick={() => setToken(text.trim())}>
          Show the player
        </Button>
        {token !== undefined && (
          <Button variant="default" onClick={() => setToken(undefined)}>
            Take it away
          </Button>
        )}
      </Group>
      {token !== undefined && <Player key={token} programId={program.id} token={token} />}
    </Stack>
  )
}

/** The program lists the pages that may embed it; Backstage’s own is no exception. */
function AllowHere({ program }: { program: Program }) {
  const queryClient = useQueryClient()
  const mayWrite = useMay('programs:write')
  const allowing = useMutation({
    mutationFn: () =>
      api.send<Program>(
        'PATCH',
        programPath(program.id),
        { embedOrigins: [...program.embedOrigins, location.origin] },
        { ifMatch: program.version },
      ),
    onSuccess: (saved) => queryClient.setQueryData(programQuery(program.id).queryKey, saved),
    onError: () => queryClient.invalidateQueries({ queryKey: programQuery(program.id).queryKey, exact: true }),
  })
  return (
    <Stack gap="md">
      <Text size="sm">
        The player shows only in pages whose origin the program lists, and this page is one like any other. To try it here,{' '}
        <Code>{location.origin}</Code> must be on the list, which is under Access. You can take it off again there.
      </Text>
      {mayWrite && (
        <Group>
          <Button variant="default" loading={allowing.isPending} onClick={() => allowing.mutate()}>
            Allow this page
          </Button>
        </Group>
      )}
      <ErrorNote error={allowing.error} />
    </Stack>
  )
}

function Player({ programId, token }: { programId: string; token: string }) {
  const place = useRef<HTMLDivElement>(null)
  const [says, setSays] = useState<string>()
  useEffect(() => {
    const target = place.current
    if (target === null) return
    const undo: (() => void)[] = []
    let gone = false
    loadScript().then(
      (voila) => {
        if (gone) return
        const player = voila.render({ programId, target, title: 'The embedded player' })
        undo.push(() => player.destroy())
        undo.push(
          voila.on('refused', ({ playerId, code = '', message }) => {
            if (playerId === player.id) setSays(isErrorCode(code) ? `${code}: ${errorRow(code).says}` : message)
          }),
        )
        player.setToken(token)
      },
      () => setSays('The script of the player could not be loaded. Reload the page.'),
    )
    return () => {
      gone = true
      for (const each of undo) each()
    }
  }, [programId, token])
  return (
    <>
      {says !== undefined && (
        <Alert color="yellow" role="alert">
          <Text size="sm">{says}</Text>
        </Alert>
      )}
      <div ref={place} className="embed-place" />
    </>
  )
}
