// Owns: keeping somebody out: a token, a person, or whatever was issued before a time; asked again with how many that puts out.
import { Button, Group, Modal, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { limits, type RevocationAnswer, type RevocationCount, RevocationRequest } from '@voila/protocol'
import dayjs from 'dayjs'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { ProgramChoice } from '../keys/program-choice.tsx'
import { useOrganization } from '../may.ts'
import { TypedConfirm } from '../pieces/confirm.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { revocationsKey } from '../queries.ts'
import { namedTokenIn } from './pasted-token.ts'
import '@mantine/dates/styles.css'

type Kind = RevocationRequest['kind']
/** Somebody who is already known when the form is opened, and where. */
export type Whom = { readonly subject: string; readonly programId: string }

const kinds: readonly { value: Kind; label: string; description: string }[] = [
  { value: 'token', label: 'One token', description: 'A link that has leaked. Other tokens of the same person still let in.' },
  {
    value: 'subject',
    label: 'One person',
    description: 'By whatever token or company account they come, also if they have never been in.',
  },
  { value: 'attendee', label: 'One attendee', description: 'The same, by the id that the API and exports name. For guests too.' },
  { value: 'before', label: 'Everything issued before a time', description: 'Tokens with an older iat: when many may have leaked.' },
  { value: 'session', label: 'One session', description: 'It ends, and nobody is kept out.' },
]

const countWords = (count: number): string =>
  count === 0 ? 'Nobody is in by it now.' : count === 1 ? '1 session ends at once.' : `${count.toLocaleString()} sessions end at once.`

/** @param props.whom  whom the form is filled in with; everything can be changed */
export function NewRevocation({ whom, onClose }: { whom?: Whom; onClose(): void }) {
  const { id: organizationId } = useOrganization()
  const queryClient = useQueryClient()
  const path = `/api/organizations/${organizationId}/revocations`
  const [kind, setKind] = useState<Kind>(whom === undefined ? 'token' : 'subject')
  const [where, setWhere] = useState<'all' | 'one'>(whom === undefined ? 'all' : 'one')
  const [programId, setProgramId] = useState(whom?.programId)
  const [pasted, setPasted] = useState('')
  const [subject, setSubject] = useState(whom?.subject ?? '')
  const [id, setId] = useState('')
  const [before, setBefore] = useState<string | null>(dayjs().format('YYYY-MM-DD HH:mm:ss'))
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState<{ request: RevocationRequest; sessions: number }>()

  const token = kind === 'token' && pasted.trim() !== '' ? namedTokenIn(pasted) : undefined
  const what = {
    token: token ?? {},
    subject: { subject: subject.trim() },
    attendee: { attendeeId: id.trim() },
    before: before === null ? {} : { before: dayjs(before).toISOString() },
    session: { sessionId: id.trim() },
  }[kind]
  const read = RevocationRequest.safeParse({
    kind,
    ...what,
    ...(kind === 'session' || where === 'all' ? {} : { programId: programId ?? '' }),
    ...(reason.trim() === '' ? {} : { reason }),
  })
  const isReady = read.success && (where === 'all' || kind === 'session' || programId !== undefined)

  const counting = useMutation({
    mutationFn: async (request: RevocationRequest) => ({ request, ...(await api.send<RevocationCount>('POST', `${path}/count`, request)) }),
    onSuccess: setAsked,
  })
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (isReady && read.success) counting.mutate(read.data)
  }

  if (asked !== undefined) {
    return (
      <TypedConfirm
        opened
        onClose={onClose}
        title={kind === 'session' ? 'End this session?' : 'Keep them out?'}
        typed={kind === 'session' ? 'end' : 'keep out'}
        action={kind === 'session' ? 'End the session' : 'Keep out'}
        onConfirm={async () => {
          const made = await api.send<RevocationAnswer>('POST', path, asked.request)
          await queryClient.invalidateQueries({ queryKey: revocationsKey(organizationId) })
          showDone(`Done. ${made.ended.toLocaleString()} ${made.ended === 1 ? 'session' : 'sessions'} ended.`)
        }}
      >
        <Text size="sm">
          <strong>{countWords(asked.sessions)}</strong> Picture and chat stop for these attendees, and the page says why.
          {kind === 'session' ? '' : ' They are refused from now on, until you lift it.'}
        </Text>
      </TypedConfirm>
    )
  }
  return (
    <Modal opened onClose={onClose} title="Keep somebody out" size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Radio.Group label="Who" value={kind} onChange={(value) => setKind(value as Kind)}>
            <Stack gap="xs" mt="xs">
              {kinds.map((each) => (
                <Radio key={each.value} {...each} />
              ))}
            </Stack>
          </Radio.Group>
          {kind === 'token' && (
            <Textarea
              label="The token, or a link with it"
              description="It is read in this browser. Only its kid, its jti and its subject are sent."
              autosize
              minRows={3}
              maxRows={6}
              spellCheck={false}
              value={pasted}
              error={pasted.trim() !== '' && token === undefined ? 'This is no token with a kid, a jti and a subject.' : null}
              onChange={({ currentTarget }) => setPasted(currentTarget.value)}
            />
          )}
          {token !== undefined && (
            <Text size="sm" className="mono">
              {token.subject}, jti {token.jti}, {token.kid}
            </Text>
          )}
          {kind === 'subject' && (
            <TextInput
              label="Subject"
              description="sub of their tokens, else their e-mail address in lower case. For company accounts, what the subject is mapped to."
              spellCheck={false}
              value={subject}
              onChange={({ currentTarget }) => setSubject(currentTarget.value)}
            />
          )}
          {(kind === 'attendee' || kind === 'session') && (
            <TextInput
              label={kind === 'attendee' ? 'Id of the attendee' : 'Id of the session'}
              description={
                kind === 'attendee'
                  ? 'As the API and exports name it. Who is in now can be kept out under Audience of the program.'
                  : 'As the API names it.'
              }
              value={id}
              onChange={({ currentTarget }) => setId(currentTarget.value)}
            />
          )}
          {kind === 'before' && (
            <DateTimePicker
              label="Issued before"
              description="In your time zone."
              valueFormat="D MMM YYYY HH:mm"
              value={before}
              onChange={setBefore}
            />
          )}
          {kind !== 'session' && (
            <Select
              label="Where"
              allowDeselect={false}
              data={[
                { value: 'all', label: 'All programs' },
                { value: 'one', label: 'One program' },
              ]}
              value={where}
              onChange={(value) => setWhere(value === 'one' ? 'one' : 'all')}
            />
          )}
          {kind !== 'session' && where === 'one' && <ProgramChoice programId={programId} onProgram={setProgramId} />}
          <TextInput
            label="Why"
            description="For your team and the audit log; they are not told."
            maxLength={limits.reasonUnits}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <ErrorNote error={counting.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isReady} loading={counting.isPending}>
              Go on
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
