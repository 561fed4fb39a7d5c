// Owns: the start of Backstage: theme, answers kept in memory, addresses.
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './backstage.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { setFormWords } from './form-words.ts'
import { createQueryClient } from './query-client.ts'
import { createBackstageRouter } from './router.tsx'
import { cssVariables, theme } from './theme.ts'

setFormWords()
const queryClient = createQueryClient({
  onSignedOut() {
    // Pages before the sign-in say themselves what it means there.
    if (!router.state.matches.some(({ routeId }) => routeId === '/team')) return
    void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } })
    queryClient.clear()
  },
})
const router = createBackstageRouter({ queryClient })

// After an update of the server the chunks that this page knows may be gone.
window.addEventListener('vite:preloadError', () => location.reload())

const place = document.getElementById('root')
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <Notifications position="bottom-right" />
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
