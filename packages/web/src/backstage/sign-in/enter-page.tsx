// Owns: links that sign in by themselves.

import { Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api } from '../api.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkButton } from '../pieces/links.tsx'
import { useEnter } from './entering.ts'
import { forgetLinkToken, useLinkToken } from './link-token.ts'
import { SignInFrame } from './sign-in-frame.tsx'

export function EnterPage() {
  const token = useLinkToken('enter')
  const enter = useEnter()
  // A query, though it signs in: opening the link twice does no more than opening it once.
  const entering = useQuery({
    queryKey: ['enter', token],
    queryFn: async () => {
      await api.send('POST', '/api/sign-in-links', { token: token ?? '-' })
      return true
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const isIn = entering.data === true
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it has worked
  useEffect(() => {
    if (!isIn) return
    forgetLinkToken('enter')
    void enter()
  }, [isIn])
  return (
    <SignInFrame title={entering.isError ? 'This link does not work' : 'Signing you in'}>
      {entering.isError ? (
        <Stack gap="md">
          <ErrorNote error={entering.error} />
          <LinkButton to="/sign-in" variant="default">
            Sign in with a password
          </LinkButton>
        </Stack>
      ) : (
        <Skeleton height={36} animate={false} />
      )}
    </SignInFrame>
  )
}
