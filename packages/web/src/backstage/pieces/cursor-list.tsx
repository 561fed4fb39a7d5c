// Owns: lists that come page by page: what stands there while they load, when they are empty, when they fail, and how one goes on.
import { Button, Center, Skeleton, Stack } from '@mantine/core'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ListAnswer } from '@voila/protocol'
import type { ReactNode } from 'react'
import { ErrorNote } from './error-note.tsx'

/** Grey rows where a list will be. */
export function SkeletonRows({ rows = 3, height = 44 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="xs" aria-hidden>
      {Array.from({ length: rows }, (_, row) => `row ${row}`).map((row) => (
        <Skeleton key={row} height={height} animate={false} />
      ))}
    </Stack>
  )
}

/** @param props.empty  shown where the whole list has no item */
export function CursorList<Item>({
  query,
  empty,
  rows,
  children,
}: {
  query: UseInfiniteQueryResult<InfiniteData<ListAnswer<Item>>, Error>
  empty: ReactNode
  rows?: number
  children(items: Item[]): ReactNode
}) {
  if (query.isPending) return <SkeletonRows {...(rows === undefined ? {} : { rows })} />
  if (query.data === undefined) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  const items = query.data.pages.flatMap((page) => page.items)
  return (
    <>
      {query.isError ? <ErrorNote error={query.error} onRetry={() => void query.refetch()} mb="md" /> : null}
      {items.length === 0 ? empty : children(items)}
      {query.hasNextPage ? (
        <Center mt="md">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </Center>
      ) : null}
    </>
  )
}
